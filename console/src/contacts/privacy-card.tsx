// A contact's rights to its data (LGPD, GDPR): all of it as a file, or erased for good.
import { useLingui } from '@lingui/react/macro'
import { Button, Card, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { api, at, dataOf } from '../api/client.ts'
import { privacyRequestQuery } from '../api/queries.ts'
import type { Contact } from '../api/shapes.ts'
import { FailureNote } from '../shell/failure-note.tsx'
import { NameTyped } from '../shell/name-typed.tsx'
import { tell } from '../shell/tell.tsx'
import { useContactName } from './contact-name.ts'
import { PrivacyStatus } from './privacy-status.tsx'

export function PrivacyCard({ contact }: { contact: Contact }) {
  const { t } = useLingui()
  const [requestId, setRequestId] = useState<number>()
  const request = useMutation({
    meta: { shown: true },
    mutationFn: () =>
      dataOf(
        api.POST('/api/v1/accounts/{account_id}/contacts/{id}/export', { params: at(contact.id) }),
      ),
    onSuccess: ({ id }) => setRequestId(id),
  })
  return (
    <Card withBorder>
      <Stack gap="sm" align="flex-start">
        <Title order={2} size="h4">
          {t`Privacy`}
        </Title>
        <FailureNote error={request.error} />
        <Button variant="default" loading={request.isPending} onClick={() => request.mutate()}>
          {t`Export the data`}
        </Button>
        {requestId !== undefined && <Export requestId={requestId} />}
        <EraseButton contact={contact} />
      </Stack>
    </Card>
  )
}

function Export({ requestId }: { requestId: number }) {
  const { data: request } = useQuery(privacyRequestQuery(requestId))
  return <div aria-live="polite">{request && <PrivacyStatus request={request} />}</div>
}

function EraseButton({ contact }: { contact: Contact }) {
  const { t } = useLingui()
  const nameOf = useContactName()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [requestId, setRequestId] = useState<number>()
  const ask = useMutation({
    meta: { shown: true },
    mutationFn: () =>
      dataOf(
        api.POST('/api/v1/accounts/{account_id}/contacts/{id}/erase', { params: at(contact.id) }),
      ),
    onSuccess: ({ id }) => setRequestId(id),
  })
  const { data: erasure } = useQuery({
    ...privacyRequestQuery(requestId ?? 0),
    enabled: requestId !== undefined,
  })
  const isOver = erasure?.status === 'done'
  useEffect(() => {
    if (!isOver) return
    tell(t`The contact is erased.`)
    void queries.invalidateQueries({ queryKey: ['conversations'] })
    void queries.invalidateQueries({ queryKey: ['contacts', 'list'] })
    void navigate({ to: '/contacts' })
  }, [isOver, navigate, queries, t])
  const name = nameOf(contact)
  return (
    <>
      <NameTyped
        name={name}
        button={t`Erase the contact`}
        title={t`Erase ${name}`}
        label={t`Type the name of the contact: ${name}`}
        verb={t`Erase for good`}
        error={ask.error}
        loading={ask.isPending}
        done={requestId !== undefined}
        onConfirm={() => ask.mutate()}
      >
        <Text>
          {t`The contact, its conversations, messages and files are deleted for good. The mailbox keeps its mails; they are not imported again.`}
        </Text>
      </NameTyped>
      {erasure && <PrivacyStatus request={erasure} />}
    </>
  )
}
