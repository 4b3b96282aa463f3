// Whom the account tells that an inbox needs somebody.
import { useLingui } from '@lingui/react/macro'
import { Button, Checkbox, Stack, Table, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, at, dataOf, here } from '../api/client.ts'
import { webhooksQuery } from '../api/queries.ts'
import type { Webhook } from '../api/shapes.ts'
import { FailureNote } from '../shell/failure-note.tsx'
import { Loading } from '../shell/page.tsx'
import { ConfirmButton } from './confirm-button.tsx'
import { ShownOnce } from './shown-once.tsx'

const A = '/api/v1/accounts/{account_id}/webhooks'
const EVENTS = [
  'inbox.reauthorization_required',
  'inbox.action_required',
  'inbox.recovered',
] as const
type Event = (typeof EVENTS)[number]

export function WebhooksSection() {
  const { t } = useLingui()
  const webhooks = useQuery(webhooksQuery)
  if (webhooks.data === undefined) return <Loading />
  return (
    <Stack align="stretch">
      <NewWebhook />
      <Table.ScrollContainer minWidth={600}>
        <Table verticalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t`Address`}</Table.Th>
              <Table.Th>{t`Events`}</Table.Th>
              <Table.Th>{t`Actions`}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {webhooks.data.map((webhook) => (
              <Row key={webhook.id} webhook={webhook} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  )
}

function useEventWords(): Record<string, string> {
  const { t } = useLingui()
  return {
    'inbox.reauthorization_required': t`An inbox has to be reconnected`,
    'inbox.action_required': t`An inbox needs a setting at its provider`,
    'inbox.recovered': t`An inbox works again`,
  }
}

function NewWebhook() {
  const { t } = useLingui()
  const queries = useQueryClient()
  const words = useEventWords()
  const [url, setUrl] = useState('')
  const [events, setEvents] = useState<string[]>([...EVENTS])
  const add = useMutation({
    meta: { shown: true },
    mutationFn: () =>
      dataOf(api.POST(A, { params: here(), body: { url, events: events as Event[] } })),
    async onSuccess() {
      setUrl('')
      await queries.invalidateQueries({ queryKey: webhooksQuery.queryKey })
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        add.mutate()
      }}
    >
      <Stack align="flex-start">
        <FailureNote error={add.error} />
        <TextInput
          label={t`Address`}
          type="url"
          placeholder="https://"
          required
          w="100%"
          maw={500}
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
        />
        <Checkbox.Group label={t`Events`} value={events} onChange={setEvents}>
          <Stack gap="xs" mt="xs">
            {EVENTS.map((event) => (
              <Checkbox key={event} value={event} label={words[event]} />
            ))}
          </Stack>
        </Checkbox.Group>
        <Button type="submit" disabled={events.length === 0} loading={add.isPending}>
          {t`Add webhook`}
        </Button>
        {add.data && (
          <ShownOnce title={t`The secret that signs every delivery`} value={add.data.secret} />
        )}
      </Stack>
    </form>
  )
}

function Row({ webhook }: { webhook: Webhook }) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const words = useEventWords()
  const remove = useMutation({
    mutationFn: () => api.DELETE(`${A}/{id}`, { params: at(webhook.id) }),
    onSuccess: () => queries.invalidateQueries({ queryKey: webhooksQuery.queryKey }),
  })
  return (
    <Table.Tr>
      <Table.Td style={{ overflowWrap: 'anywhere' }}>{webhook.url}</Table.Td>
      <Table.Td>
        <Stack gap={2}>
          {webhook.events.map((event) => (
            <span key={event}>{words[event] ?? event}</span>
          ))}
        </Stack>
      </Table.Td>
      <Table.Td>
        <ConfirmButton
          label={t`Delete`}
          question={t`Delete the webhook to ${webhook.url}?`}
          loading={remove.isPending}
          onConfirm={() => remove.mutate()}
        />
      </Table.Td>
    </Table.Tr>
  )
}
