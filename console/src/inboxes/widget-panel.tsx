// A widget's scripts, whether it runs on the site, and testers for what mostly goes wrong.
import { useLingui } from '@lingui/react/macro'
import {
  Alert,
  Anchor,
  Button,
  Card,
  Group,
  Stack,
  Table,
  Tabs,
  Text,
  TextInput,
  Title,
} from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, at, dataOf } from '../api/client.ts'
import { widgetHealthQuery, widgetScriptsQuery } from '../api/queries.ts'
import type { WidgetScript } from '../api/shapes.ts'
import { CodeBlock } from '../shell/code-block.tsx'
import { FailureNote } from '../shell/failure-note.tsx'
import { Loading } from '../shell/page.tsx'
import { Ago } from '../shell/when.tsx'

const A = '/api/v1/accounts/{account_id}/widgets/{id}'

export function WidgetPanel({ inboxId }: { inboxId: number }) {
  const { t } = useLingui()
  const { data: scripts } = useQuery(widgetScriptsQuery(inboxId))
  if (scripts === undefined) return <Loading />
  return (
    <Stack w="100%">
      <Sightings inboxId={inboxId} />
      <Title order={2} size="h4">{t`Embed code`}</Title>
      <Text size="sm">{t`The scripts are examples: put your own users’ data in their places.`}</Text>
      <ScriptTabs scripts={scripts.page} />
      <Title order={2} size="h4">{t`What a Content-Security-Policy has to allow`}</Title>
      <CodeBlock code={scripts.csp} />
      <Title order={2} size="h4">{t`The hash that proves who a user is`}</Title>
      <Text size="sm">
        {t`Made in your back end alone, anew at each load of the page, from an identifier that never changes.`}
      </Text>
      <ScriptTabs scripts={scripts.backend} />
      <Text>
        {t`For the view of a mobile app:`}{' '}
        <Anchor href={scripts.mobile_url} target="_blank" rel="noreferrer">
          {scripts.mobile_url}
        </Anchor>
      </Text>
      <OriginTester inboxId={inboxId} />
      <HashTester inboxId={inboxId} />
    </Stack>
  )
}

function ScriptTabs({ scripts }: { scripts: WidgetScript[] }) {
  const [first] = scripts
  return (
    <Tabs defaultValue={first?.key ?? null} keepMounted={false}>
      <Tabs.List mb="xs">
        {scripts.map(({ key, title }) => (
          <Tabs.Tab key={key} value={key}>
            {title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {scripts.map(({ key, code }) => (
        <Tabs.Panel key={key} value={key}>
          <CodeBlock code={code} />
        </Tabs.Panel>
      ))}
    </Tabs>
  )
}

function Sightings({ inboxId }: { inboxId: number }) {
  const { t } = useLingui()
  const { data: health } = useQuery(widgetHealthQuery(inboxId))
  if (health === undefined) return <Loading />
  const words: Record<(typeof health.sightings)[number]['kind'], string> = {
    origin_allowed: t`Shown on`,
    origin_blocked: t`Blocked on`,
    hash_wrong: t`A wrong hash for`,
    hash_missing: t`No hash for`,
    address_changed: t`Many addresses for one identifier`,
    contact_clash: t`An address of somebody else`,
  }
  return (
    <Card withBorder>
      <Text fw={600}>
        {health.last_ping_at === null ? (
          t`The widget has not been seen on any page yet`
        ) : (
          <>
            {t`Last seen on a page:`} <Ago time={health.last_ping_at} />
          </>
        )}
      </Text>
      {health.sightings.length > 0 && (
        <Table mt="sm">
          <Table.Tbody>
            {health.sightings.map(({ kind, value, count, last_at, warning }) => (
              <Table.Tr key={`${kind} ${value}`}>
                <Table.Td fw={warning ? 600 : 400}>{words[kind]}</Table.Td>
                <Table.Td>{value}</Table.Td>
                <Table.Td>{count}</Table.Td>
                <Table.Td>
                  <Ago time={last_at} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Card>
  )
}

function OriginTester({ inboxId }: { inboxId: number }) {
  const { t } = useLingui()
  const [page, setPage] = useState('')
  const test = useMutation({
    meta: { shown: true },
    mutationFn: () =>
      dataOf(api.POST(`${A}/test_origin`, { params: at(inboxId), body: { url: page } })),
  })
  const reasons = {
    open: t`every site is allowed`,
    app: t`it is the page of an app`,
    rule: t`a rule names it`,
    no_rule_matches: t`no rule names it`,
    apex_not_covered: t`the rule names its subdomains, not itself`,
    app_page_not_listed: t`the page of an app has to be listed`,
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        test.mutate()
      }}
    >
      <Group align="flex-end">
        <TextInput
          label={t`May this page show the widget?`}
          type="url"
          placeholder="https://"
          required
          value={page}
          onChange={(event) => setPage(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={test.isPending}>{t`Test the page`}</Button>
      </Group>
      <div aria-live="polite">
        <FailureNote error={test.error} />
        {test.data && (
          <Alert mt="xs" color={test.data.allowed ? 'green' : 'red'}>
            {test.data.origin}: {test.data.allowed ? t`allowed` : t`blocked`},{' '}
            {reasons[test.data.because]} {test.data.rule}
          </Alert>
        )}
      </div>
    </form>
  )
}

function HashTester({ inboxId }: { inboxId: number }) {
  const { t } = useLingui()
  const [identifier, setIdentifier] = useState('')
  const [hash, setHash] = useState('')
  const test = useMutation({
    meta: { shown: true },
    mutationFn: () =>
      dataOf(
        api.POST(`${A}/test_hash`, {
          params: at(inboxId),
          body: { identifier, identifier_hash: hash },
        }),
      ),
  })
  const reasons = {
    valid: t`The hash is right`,
    no_token: t`This widget has no identity token yet`,
    not_hex_sha256: t`This is no SHA-256 in hexadecimal digits`,
    other_token_or_user: t`It was made with another token, or for another user`,
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        test.mutate()
      }}
    >
      <Group align="flex-end">
        <TextInput
          label={t`Identifier`}
          required
          value={identifier}
          onChange={(event) => setIdentifier(event.currentTarget.value)}
        />
        <TextInput
          label="identifier_hash"
          required
          value={hash}
          onChange={(event) => setHash(event.currentTarget.value.trim())}
        />
        <Button type="submit" variant="default" loading={test.isPending}>{t`Test the hash`}</Button>
      </Group>
      <div aria-live="polite">
        <FailureNote error={test.error} />
        {test.data && (
          <Alert mt="xs" color={test.data.valid ? 'green' : 'red'}>
            {reasons[test.data.because]}
          </Alert>
        )}
      </div>
    </form>
  )
}
