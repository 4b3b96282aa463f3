// One contact: who it is, what is noted about it, its conversations, and its rights to its data.
import { useLingui } from '@lingui/react/macro'
import { Card, Grid, Stack, Title } from '@mantine/core'
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { api, at, dataOf } from '../api/client.ts'
import { contactQuery, conversationsQuery } from '../api/queries.ts'
import type { Contact } from '../api/shapes.ts'
import { ConversationRows } from '../conversations/conversation-rows.tsx'
import { useSession } from '../session/use-session.ts'
import { MoreButton } from '../shell/more-button.tsx'
import { Loading, Nothing, PageHead } from '../shell/page.tsx'
import { PageFailure } from '../shell/page-failure.tsx'
import { AttributesForm } from './attributes-form.tsx'
import { ContactFacts } from './contact-facts.tsx'
import { useContactName } from './contact-name.ts'
import { PrivacyCard } from './privacy-card.tsx'

export function ContactPage() {
  const { contactId } = useParams({ from: '/inside/contacts/$contactId' })
  const contact = useQuery(contactQuery(contactId))
  if (contact.isPending) return <Loading />
  if (contact.isError) return <PageFailure error={contact.error} retry={contact.refetch} />
  return <ContactView key={contactId} contact={contact.data} />
}

function ContactView({ contact }: { contact: Contact }) {
  const { t } = useLingui()
  const nameOf = useContactName()
  const queries = useQueryClient()
  const { isAdministrator } = useSession()
  return (
    <>
      <PageHead title={nameOf(contact)} />
      <Grid>
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Stack>
            <Card withBorder>
              <ContactFacts contact={contact} />
            </Card>
            <Card withBorder>
              <AttributesForm
                target="contact"
                values={contact.custom_attributes}
                save={async (custom_attributes) => {
                  const now = await dataOf(
                    api.PATCH('/api/v1/accounts/{account_id}/contacts/{id}', {
                      params: at(contact.id),
                      body: { custom_attributes },
                    }),
                  )
                  queries.setQueryData(contactQuery(contact.id).queryKey, now)
                }}
              />
            </Card>
            {isAdministrator && <PrivacyCard contact={contact} />}
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Title order={2} size="h4" mb="sm">
            {t`Conversations`}
          </Title>
          <Conversations contactId={contact.id} />
        </Grid.Col>
      </Grid>
    </>
  )
}

function Conversations({ contactId }: { contactId: number }) {
  const { t } = useLingui()
  const conversations = useInfiniteQuery(conversationsQuery({ contact_id: contactId }))
  if (conversations.isPending) return <Loading />
  if (conversations.isError) {
    return <PageFailure error={conversations.error} retry={conversations.refetch} />
  }
  const all = conversations.data.pages.flatMap(({ data }) => data)
  if (all.length === 0) return <Nothing title={t`No conversation here`} />
  return (
    <>
      <ConversationRows conversations={all} />
      <MoreButton query={conversations} />
    </>
  )
}
