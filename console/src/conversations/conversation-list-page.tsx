// Conversations by status, inbox, person and words; the filter is the address of the page.
import { useLingui } from '@lingui/react/macro'
import { Badge, Group, Paper, SegmentedControl, Select, Stack, Text } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import {
  agentsQuery,
  type ConversationFilter,
  conversationsQuery,
  inboxesQuery,
} from '../api/queries.ts'
import type { ListedConversation } from '../api/shapes.ts'
import { ChannelIcon } from '../inboxes/channels.tsx'
import { STATUSES } from '../router.tsx'
import { MoreButton } from '../shell/more-button.tsx'
import { Loading, Nothing, PageHead } from '../shell/page.tsx'
import { PageFailure } from '../shell/page-failure.tsx'
import { Ago } from '../shell/when.tsx'
import { useStatusWords } from './status-words.ts'

export function ConversationListPage() {
  const { t } = useLingui()
  const filter = useSearch({ from: '/inside/conversations' })
  const conversations = useInfiniteQuery(conversationsQuery(filter))
  const all = conversations.data?.pages.flatMap(({ data }) => data)
  return (
    <>
      <PageHead title={t`Conversations`} />
      <Filters filter={filter} />
      {conversations.isPending && <Loading />}
      {conversations.isError && (
        <PageFailure error={conversations.error} retry={conversations.refetch} />
      )}
      {all?.length === 0 && (
        <Nothing title={t`No conversation here`}>{t`Another filter may show some.`}</Nothing>
      )}
      <Stack gap={0} component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
        {all?.map((one) => (
          <Row key={one.id} conversation={one} />
        ))}
      </Stack>
      <MoreButton query={conversations} />
    </>
  )
}

function Filters({ filter }: { filter: ConversationFilter }) {
  const { t } = useLingui()
  const navigate = useNavigate({ from: '/conversations' })
  const { data: inboxes = [] } = useQuery(inboxesQuery)
  const { data: agents = [] } = useQuery(agentsQuery)
  const words = useStatusWords()
  const choose = (part: Record<keyof ConversationFilter, unknown> | object) => {
    const entries = Object.entries({ ...filter, ...part }).filter(([, value]) => value)
    void navigate({ search: Object.fromEntries(entries) as ConversationFilter })
  }
  return (
    <Group mb="md" align="flex-end">
      <SegmentedControl
        aria-label={t`Status`}
        value={filter.status ?? 'all'}
        onChange={(value) => choose({ status: value === 'all' ? undefined : value })}
        data={[
          { value: 'all', label: t`All` },
          ...STATUSES.map((value) => ({ value, label: words[value] })),
        ]}
      />
      <Select
        label={t`Inbox`}
        clearable
        searchable
        clearButtonProps={{ 'aria-label': t`Every inbox` }}
        value={filter.inbox_id === undefined ? null : String(filter.inbox_id)}
        data={inboxes.map(({ id, name }) => ({ value: String(id), label: name }))}
        onChange={(value) => choose({ inbox_id: value === null ? undefined : Number(value) })}
      />
      <Select
        label={t`Assigned to`}
        clearable
        searchable
        clearButtonProps={{ 'aria-label': t`Everybody` }}
        value={filter.assignee_id === undefined ? null : String(filter.assignee_id)}
        data={agents.map(({ id, name }) => ({ value: String(id), label: name }))}
        onChange={(value) => choose({ assignee_id: value === null ? undefined : Number(value) })}
      />
    </Group>
  )
}

function Row({ conversation }: { conversation: ListedConversation }) {
  const { t } = useLingui()
  const words = useStatusWords()
  const { data: inboxes = [] } = useQuery(inboxesQuery)
  const { id, contact_name, contact_address, subject, preview, preview_direction } = conversation
  const channel = inboxes.find((inbox) => inbox.id === conversation.inbox_id)?.channel
  const person = contact_name || contact_address || t`Unknown`
  return (
    <li>
      <Link
        to="/conversations/$conversationId"
        params={{ conversationId: id }}
        className="row-link"
      >
        <Paper withBorder radius={0} p="sm" bg="transparent">
          <Group justify="space-between" wrap="nowrap" align="flex-start">
            <Group wrap="nowrap" align="flex-start" miw={0}>
              {channel && <ChannelIcon channel={channel} />}
              <div style={{ minWidth: 0 }}>
                <Text fw={600} truncate>
                  {person}
                  {subject !== '' && ` · ${subject}`}
                </Text>
                <Text size="sm" c="var(--muted)" lineClamp={1}>
                  {preview_direction === 'outgoing' && `${t`You:`} `}
                  {preview ?? ''}
                </Text>
              </div>
            </Group>
            <Stack gap={4} align="flex-end">
              <Text size="sm" c="var(--muted)" style={{ whiteSpace: 'nowrap' }}>
                <Ago time={conversation.last_message_at} />
              </Text>
              <Badge variant="light" color="gray" c="var(--mantine-color-text)" tt="none">
                {words[conversation.status]}
              </Badge>
            </Stack>
          </Group>
        </Paper>
      </Link>
    </li>
  )
}
