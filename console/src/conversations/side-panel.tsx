// What is decided about a conversation, and who its contact is.
import { useLingui } from '@lingui/react/macro'
import { Card, Select, Stack, TagsInput, TextInput, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, at, dataOf } from '../api/client.ts'
import {
  agentsQuery,
  attributesQuery,
  conversationQuery,
  membersQuery,
  teamsQuery,
} from '../api/queries.ts'
import type { Contact, Conversation } from '../api/shapes.ts'
import { AttributesForm } from '../contacts/attributes-form.tsx'
import { ContactFacts } from '../contacts/contact-facts.tsx'
import { useContactName } from '../contacts/contact-name.ts'
import { STATUSES } from '../router.tsx'
import { TextLink } from '../shell/links.tsx'
import { usePriorityWords, useStatusWords } from './status-words.ts'

type Change = Partial<
  Pick<Conversation, 'status' | 'assignee_id' | 'team_id' | 'priority' | 'labels' | 'snoozed_until'>
>

export function SidePanel(props: { conversation: Conversation; contact: Contact | undefined }) {
  const { conversation, contact } = props
  const queries = useQueryClient()
  return (
    <Stack>
      <Decisions conversation={conversation} />
      {contact && <ContactCard contact={contact} />}
      <Card withBorder>
        <AttributesForm
          target="conversation"
          values={conversation.custom_attributes}
          save={async (custom_attributes) => {
            const now = await dataOf(
              api.PATCH('/api/v1/accounts/{account_id}/conversations/{id}', {
                params: at(conversation.id),
                body: { custom_attributes },
              }),
            )
            queries.setQueryData(conversationQuery(now.id).queryKey, now)
          }}
        />
      </Card>
    </Stack>
  )
}

function Decisions({ conversation }: { conversation: Conversation }) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const statuses = useStatusWords()
  const priorities = usePriorityWords()
  const { data: agents = [] } = useQuery(agentsQuery)
  const { data: members = [] } = useQuery(membersQuery(conversation.inbox_id))
  const { data: teams = [] } = useQuery(teamsQuery)
  const change = useMutation({
    mutationFn: (body: Change) =>
      dataOf(
        api.PATCH('/api/v1/accounts/{account_id}/conversations/{id}', {
          params: at(conversation.id),
          body,
        }),
      ),
    async onSuccess(now) {
      queries.setQueryData(conversationQuery(now.id).queryKey, now)
      await queries.invalidateQueries({ queryKey: ['conversations', 'list'] })
    },
  })
  const mayTakeIt = agents.filter(
    ({ id, role }) => role === 'administrator' || members.some((member) => member.id === id),
  )
  // ClaudIA is assigned by rules, and shown when she has it.
  const people = mayTakeIt.filter(
    ({ id, role }) => role !== 'bot' || id === conversation.assignee_id,
  )
  return (
    <Card withBorder>
      <Stack gap="sm">
        <Select
          label={t`Status`}
          allowDeselect={false}
          value={conversation.status}
          data={STATUSES.map((value) => ({ value, label: statuses[value] }))}
          onChange={(status) => change.mutate({ status: status as Conversation['status'] })}
        />
        {conversation.status === 'snoozed' && (
          <TextInput
            type="datetime-local"
            label={t`Snoozed until`}
            key={conversation.snoozed_until}
            defaultValue={localTime(conversation.snoozed_until)}
            onBlur={({ currentTarget: { value } }) => {
              if (value === localTime(conversation.snoozed_until)) return
              const snoozed_until = value === '' ? null : new Date(value).toISOString()
              change.mutate({ status: 'snoozed', snoozed_until })
            }}
          />
        )}
        <Select
          label={t`Assigned to`}
          placeholder={t`Nobody`}
          clearable
          searchable
          clearButtonProps={{ 'aria-label': t`Nobody` }}
          value={conversation.assignee_id === null ? null : String(conversation.assignee_id)}
          data={people.map(({ id, name }) => ({ value: String(id), label: name }))}
          onChange={(id) => change.mutate({ assignee_id: id === null ? null : Number(id) })}
        />
        <Select
          label={t`Team`}
          placeholder={t`None`}
          clearable
          clearButtonProps={{ 'aria-label': t`None` }}
          value={conversation.team_id === null ? null : String(conversation.team_id)}
          data={teams.map(({ id, name }) => ({ value: String(id), label: name }))}
          onChange={(id) => change.mutate({ team_id: id === null ? null : Number(id) })}
        />
        <Select
          label={t`Priority`}
          placeholder={t`None`}
          clearable
          clearButtonProps={{ 'aria-label': t`None` }}
          value={conversation.priority}
          data={Object.entries(priorities).map(([value, label]) => ({ value, label }))}
          onChange={(value) => change.mutate({ priority: value as Conversation['priority'] })}
        />
        <TagsInput
          label={t`Labels`}
          maxTags={100}
          value={conversation.labels}
          onChange={(labels) => change.mutate({ labels })}
        />
      </Stack>
    </Card>
  )
}

function ContactCard({ contact }: { contact: Contact }) {
  const { t } = useLingui()
  const nameOf = useContactName()
  const { data: definitions = [] } = useQuery(attributesQuery)
  const noted = definitions.filter(({ target }) => target === 'contact')
  return (
    <Card withBorder>
      <Title order={2} size="h4" mb="xs">
        <TextLink to="/contacts/$contactId" params={{ contactId: contact.id }}>
          {nameOf(contact)}
        </TextLink>
      </Title>
      <ContactFacts
        contact={contact}
        more={noted.map(({ key, name }) => [name, contact.custom_attributes[key]])}
      />
      <TextLink to="/conversations" search={{ contact_id: contact.id }} mt="xs">
        {t`All conversations of this contact`}
      </TextLink>
    </Card>
  )
}

/** As a `datetime-local` field takes it, in the reader's zone. */
function localTime(time: string | null): string {
  if (time === null) return ''
  const date = new Date(time)
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}
