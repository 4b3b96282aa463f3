// One conversation: its messages, an answer, and what is known and decided beside it.
import { useLingui } from '@lingui/react/macro'
import { Grid, Stack } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { agentsQuery, contactQuery, conversationQuery, messagesQuery } from '../api/queries.ts'
import type { Conversation, Message } from '../api/shapes.ts'
import { useContactName } from '../contacts/contact-name.ts'
import { MoreButton } from '../shell/more-button.tsx'
import { Loading, PageHead } from '../shell/page.tsx'
import { PageFailure } from '../shell/page-failure.tsx'
import { MessageCard } from './message-card.tsx'
import { ReplyForm } from './reply-form.tsx'
import { SidePanel } from './side-panel.tsx'
import { UnverifiedBadge } from './unverified-badge.tsx'

export function ConversationPage() {
  const { conversationId } = useParams({ from: '/inside/conversations/$conversationId' })
  const conversation = useQuery(conversationQuery(conversationId))
  if (conversation.isPending) return <Loading />
  if (conversation.isError) {
    return <PageFailure error={conversation.error} retry={conversation.refetch} />
  }
  return <ConversationView key={conversationId} conversation={conversation.data} />
}

function ConversationView({ conversation }: { conversation: Conversation }) {
  const { data: contact } = useQuery(contactQuery(conversation.contact_id))
  const person = useContactName()(contact)
  const subject = conversation.subject === '' ? person : `${person} · ${conversation.subject}`
  return (
    <>
      <PageHead
        title={`#${conversation.display_id} ${subject}`}
        actions={<UnverifiedBadge conversation={conversation} />}
      />
      <Grid>
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Stack>
            <Thread conversation={conversation} person={person} />
            <ReplyForm conversation={conversation} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>
          <SidePanel conversation={conversation} contact={contact} />
        </Grid.Col>
      </Grid>
    </>
  )
}

/** Read from the top down, and from the newest page up. */
function Thread({ conversation, person }: { conversation: Conversation; person: string }) {
  const { t } = useLingui()
  const messages = useInfiniteQuery(messagesQuery(conversation.id))
  const { data: agents = [] } = useQuery(agentsQuery)
  if (messages.isPending) return <Loading />
  if (messages.isError) return <PageFailure error={messages.error} retry={messages.refetch} />
  const all = messages.data.pages.flatMap(({ data }) => data).reverse()
  const authorOf = (userId: number | null) => agents.find(({ id }) => id === userId)?.name
  const elsewhere = ({ content_attributes: { sent_from } }: Message) =>
    sent_from === 'phone' ? t`Sent from the phone` : t`Sent elsewhere`
  return (
    <>
      <MoreButton query={messages} label={t`Earlier messages`} />
      <Stack component="ol" p={0} m={0} style={{ listStyle: 'none' }} aria-label={t`Messages`}>
        {all.map((message) => (
          <li key={message.id}>
            <MessageCard
              message={message}
              author={
                message.direction === 'incoming'
                  ? person
                  : (authorOf(message.user_id) ?? elsewhere(message))
              }
            />
          </li>
        ))}
      </Stack>
    </>
  )
}
