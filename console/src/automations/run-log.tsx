// What rules did, newest first, with the receipt of each action.
import { useLingui } from '@lingui/react/macro'
import { Card, Group, List, Stack, Text } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { ruleRunsQuery, rulesQuery } from '../api/queries.ts'
import type { RuleRun } from '../api/shapes.ts'
import { TextLink } from '../shell/links.tsx'
import { MoreButton } from '../shell/more-button.tsx'
import { Loading, Nothing } from '../shell/page.tsx'
import { PageFailure } from '../shell/page-failure.tsx'
import { At } from '../shell/when.tsx'
import { useRuleWords, wordOf } from './rule-words.ts'

export function RunLog() {
  const { t } = useLingui()
  const runs = useInfiniteQuery(ruleRunsQuery)
  if (runs.isPending) return <Loading />
  if (runs.isError) return <PageFailure error={runs.error} retry={runs.refetch} />
  const all = runs.data.pages.flatMap(({ data }) => data)
  if (all.length === 0) return <Nothing title={t`No rule has run yet`} />
  return (
    <Stack>
      {all.map((run) => (
        <Run key={run.id} run={run} />
      ))}
      <MoreButton query={runs} />
    </Stack>
  )
}

function Run({ run }: { run: RuleRun }) {
  const { t } = useLingui()
  const words = useRuleWords()
  const { data: rules = [] } = useQuery(rulesQuery)
  const outcomes: Record<RuleRun['actions'][number]['outcome'], string> = {
    done: t`done`,
    pending: t`waits`,
    skipped: t`skipped`,
    failed: t`failed`,
  }
  return (
    <Card withBorder>
      <Group justify="space-between">
        <Text fw={600}>
          {rules.find(({ id }) => id === run.rule_id)?.name ?? t`A deleted rule`}
        </Text>
        <Text size="sm" c="var(--muted)">
          <At time={run.started_at} />
        </Text>
      </Group>
      <Text size="sm">
        {wordOf(words.events, run.event)} ·{' '}
        <TextLink
          to="/conversations/$conversationId"
          params={{ conversationId: run.conversation_id }}
        >
          {t`To the conversation`}
        </TextLink>
      </Text>
      <List size="sm" mt="xs">
        {run.actions.map(({ step, action, outcome, reason }) => (
          <List.Item key={step}>
            {wordOf(words.actions, action)}: {outcomes[outcome]}
            {reason !== null && ` (${reason.replaceAll('_', ' ')})`}
          </List.Item>
        ))}
      </List>
    </Card>
  )
}
