// The account's rules, and what they did.
import { useLingui } from '@lingui/react/macro'
import { Badge, Switch, Table, Tabs, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { api, at, dataOf } from '../api/client.ts'
import { rulesQuery } from '../api/queries.ts'
import type { Rule } from '../api/shapes.ts'
import { useSession } from '../session/use-session.ts'
import { ConfirmButton } from '../settings/confirm-button.tsx'
import { LinkButton, TextLink } from '../shell/links.tsx'
import { Loading, Nothing, PageHead } from '../shell/page.tsx'
import { PageFailure } from '../shell/page-failure.tsx'
import { useRuleWords, wordOf } from './rule-words.ts'
import { RunLog } from './run-log.tsx'

export function AutomationsPage() {
  const { t } = useLingui()
  const { isAdministrator } = useSession()
  const { tab = 'rules' } = useSearch({ from: '/inside/automations' })
  const navigate = useNavigate({ from: '/automations' })
  const add = isAdministrator && (
    <LinkButton to="/automations/$ruleId" params={{ ruleId: 'new' }}>
      {t`Add rule`}
    </LinkButton>
  )
  return (
    <>
      <PageHead title={t`Automations`} actions={add} />
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(next) => navigate({ search: next === 'runs' ? { tab: 'runs' } : {} })}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="rules">{t`Rules`}</Tabs.Tab>
          <Tabs.Tab value="runs">{t`What they did`}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="rules">
          <Rules />
        </Tabs.Panel>
        <Tabs.Panel value="runs">
          <RunLog />
        </Tabs.Panel>
      </Tabs>
    </>
  )
}

function Rules() {
  const { t } = useLingui()
  const rules = useQuery(rulesQuery)
  if (rules.isPending) return <Loading />
  if (rules.isError) return <PageFailure error={rules.error} retry={rules.refetch} />
  if (rules.data.length === 0) return <Nothing title={t`No rule yet`} />
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table verticalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t`Rule`}</Table.Th>
            <Table.Th>{t`When`}</Table.Th>
            <Table.Th>{t`Actions`}</Table.Th>
            <Table.Th>{t`Active`}</Table.Th>
            <Table.Th>{t`Delete`}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rules.data.map((rule) => (
            <Row key={rule.id} rule={rule} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Row({ rule }: { rule: Rule }) {
  const { t } = useLingui()
  const words = useRuleWords()
  const { isAdministrator } = useSession()
  const queries = useQueryClient()
  const onSuccess = () => queries.invalidateQueries({ queryKey: rulesQuery.queryKey })
  const path = '/api/v1/accounts/{account_id}/rules/{id}'
  const change = useMutation({
    mutationFn: (active: boolean) =>
      dataOf(api.PATCH(path, { params: at(rule.id), body: { active } })),
    onSuccess,
  })
  const remove = useMutation({
    mutationFn: () => api.DELETE(path, { params: at(rule.id) }),
    onSuccess,
  })
  return (
    <Table.Tr>
      <Table.Td>
        {isAdministrator ? (
          <TextLink to="/automations/$ruleId" params={{ ruleId: String(rule.id) }}>
            {rule.name}
          </TextLink>
        ) : (
          rule.name
        )}{' '}
        {rule.key !== null && (
          <Badge variant="light" color="gray" c="var(--mantine-color-text)" tt="none">
            {t`default`}
          </Badge>
        )}
      </Table.Td>
      <Table.Td>{wordOf(words.events, rule.event)}</Table.Td>
      <Table.Td>
        {rule.actions.map(({ action }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an action is its place in the list
          <Text key={index} size="sm">
            {wordOf(words.actions, String(action))}
          </Text>
        ))}
      </Table.Td>
      <Table.Td>
        <Switch
          aria-label={t`${rule.name} is active`}
          checked={rule.active}
          disabled={!isAdministrator || change.isPending}
          onChange={(event) => change.mutate(event.currentTarget.checked)}
        />
      </Table.Td>
      <Table.Td>
        {isAdministrator && rule.key === null && (
          <ConfirmButton
            label={t`Delete`}
            question={t`Delete the rule ${rule.name}? What it did stays on record.`}
            loading={remove.isPending}
            onConfirm={() => remove.mutate()}
          />
        )}
      </Table.Td>
    </Table.Tr>
  )
}
