// Conversations by status, inbox, person and words; the filter is the address of the page.
import { useLingui } from '@lingui/react/macro'
import { Button, Group, SegmentedControl, Select } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import {
  agentsQuery,
  type ConversationFilter,
  contactQuery,
  conversationsQuery,
  inboxesQuery,
} from '../api/queries.ts'
import { useContactName } from '../contacts/contact-name.ts'
import { STATUSES } from '../router.tsx'
import { MoreButton } from '../shell/more-button.tsx'
import { Loading, Nothing, PageHead } from '../shell/page.tsx'
import { PageFailure } from '../shell/page-failure.tsx'
import { SearchBox } from '../shell/search-box.tsx'
import { ConversationRows } from './conversation-rows.tsx'
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
      {all && <ConversationRows conversations={all} />}
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
      <SearchBox
        label={t`Search`}
        placeholder={t`Words, a contact, a number`}
        value={filter.search ?? ''}
        onSearch={(search) => choose({ search })}
      />
      <SegmentedControl
        aria-label={t`Status`}
        className="scrolls-sideways"
        value={filter.status ?? 'all'}
        onChange={(value) => choose({ status: value === 'all' ? undefined : value })}
        data={[
          { value: 'all', label: t`All` },
          ...STATUSES.map((value) => ({ value, label: words[value] })),
        ]}
      />
      <Select
        label={t`Inbox`}
        w={150}
        clearable
        searchable
        clearButtonProps={{ 'aria-label': t`Every inbox` }}
        value={filter.inbox_id === undefined ? null : String(filter.inbox_id)}
        data={inboxes.map(({ id, name }) => ({ value: String(id), label: name }))}
        onChange={(value) => choose({ inbox_id: value === null ? undefined : Number(value) })}
      />
      <Select
        label={t`Assigned to`}
        w={150}
        clearable
        searchable
        clearButtonProps={{ 'aria-label': t`Everybody` }}
        value={filter.assignee_id === undefined ? null : String(filter.assignee_id)}
        data={agents.map(({ id, name }) => ({ value: String(id), label: name }))}
        onChange={(value) => choose({ assignee_id: value === null ? undefined : Number(value) })}
      />
      {filter.contact_id !== undefined && (
        <OfContact id={filter.contact_id} onRemove={() => choose({ contact_id: undefined })} />
      )}
    </Group>
  )
}

/** Conversations of one contact: a filter that is set elsewhere and taken away here. */
function OfContact({ id, onRemove }: { id: number; onRemove: () => void }) {
  const { t } = useLingui()
  const nameOf = useContactName()
  const { data: contact } = useQuery(contactQuery(id))
  return (
    <Button variant="default" rightSection={<IconX size={16} />} onClick={onRemove}>
      {t`Only of ${nameOf(contact)}`}
    </Button>
  )
}
