// A number that its phone goes on using, connected again by Meta's popup.
import { useLingui } from '@lingui/react/macro'
import { Button, Stack, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { api, at, dataOf } from '../api/client.ts'
import { inboxQuery } from '../api/queries.ts'
import { useSession } from '../session/use-session.ts'
import { FailureNote } from '../shell/failure-note.tsx'
import { Loading, NotAllowed, PageHead } from '../shell/page.tsx'
import { PageFailure } from '../shell/page-failure.tsx'
import { useMetaPopup } from './meta-popup.ts'

export function WhatsAppAgainPage() {
  const { t } = useLingui()
  const { inboxId } = useParams({ from: '/inside/inboxes/$inboxId/whatsapp' })
  const { isAdministrator } = useSession()
  const navigate = useNavigate()
  const inbox = useQuery(inboxQuery(inboxId))
  const popup = useMetaPopup(isAdministrator)
  const connect = useMutation({
    meta: { shown: true },
    mutationFn: async () => {
      const body = await popup.open()
      const path = '/api/v1/accounts/{account_id}/inboxes/{id}/sign_up'
      return dataOf(api.POST(path, { params: at(inboxId), body }))
    },
    onSuccess() {
      // A document of its own, which shows the inbox as it is now: a notice would not outlive this one.
      void navigate({ to: '/inboxes/$inboxId', params: { inboxId } })
    },
  })
  if (!isAdministrator) return <NotAllowed />
  if (inbox.isPending) return <Loading />
  if (inbox.isError) return <PageFailure error={inbox.error} retry={inbox.refetch} />
  return (
    <>
      <PageHead title={t`Reconnect ${inbox.data.name}`} />
      <Stack align="flex-start" maw={640}>
        <Text>{t`“Connect” opens Meta’s window. It asks who you are and shows a code for the phone.`}</Text>
        <Text>{t`Choose the same number: another one is refused, and all stays as it is.`}</Text>
        <FailureNote error={connect.error ?? popup.failure} />
        <Button
          loading={connect.isPending}
          disabled={!popup.isReady}
          onClick={() => connect.mutate()}
        >{t`Connect`}</Button>
      </Stack>
    </>
  )
}
