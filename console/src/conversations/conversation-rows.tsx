// Conversations in a list: who, about what, how the last message begins, and when.
import { useLingui } from '@lingui/react/macro'
import { Badge, Group, Paper, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { inboxesQuery } from '../api/queries.ts'
import type { ListedConversation } from '../api/shapes.ts'
import { ChannelIcon } from '../inboxes/channels.tsx'
import { Ago } from '../shell/when.tsx'
import { useStatusWords } from './status-words.ts'

export function ConversationRows({ conversations }: { conversations: ListedConversation[] }) {
  return (
    <Stack gap={0} component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
      {conversations.map((one) => (
        <Row key={one.id} conversation={one} />
      ))}
    </Stack>
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
