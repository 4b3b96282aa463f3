// The end of an inbox.
import { useLingui } from '@lingui/react/macro'
import { Checkbox, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api, at, dataOf } from '../api/client.ts'
import type { InboxDetail } from '../api/shapes.ts'
import { NameTyped } from '../shell/name-typed.tsx'
import { tell } from '../shell/tell.tsx'
import { useInboxKeeper } from './inbox-verbs.ts'

export function DisconnectButton({ inbox }: { inbox: InboxDetail }) {
  const { t } = useLingui()
  const keep = useInboxKeeper()
  const [purge, setPurge] = useState(false)
  const disconnect = useMutation({
    meta: { shown: true },
    mutationFn: () =>
      dataOf(
        api.DELETE('/api/v1/accounts/{account_id}/inboxes/{id}', {
          params: { ...at(inbox.id), query: { purge } },
        }),
      ),
    onSuccess(now) {
      keep(now)
      tell(t`${now.name} is disconnected.`)
    },
  })
  return (
    <NameTyped
      name={inbox.name}
      button={t`Disconnect this inbox`}
      title={t`Disconnect ${inbox.name}`}
      label={t`Type the name of the inbox: ${inbox.name}`}
      verb={t`Disconnect`}
      error={disconnect.error}
      loading={disconnect.isPending}
      done={disconnect.isSuccess}
      onConfirm={() => disconnect.mutate()}
    >
      <Text>
        {t`Nothing is received or sent any more. To mend a fault reconnect it instead: that keeps everything.`}
      </Text>
      {inbox.attachments_not_stored > 0 && (
        <Text>
          {t`${inbox.attachments_not_stored} files are still only in the mailbox and are not fetched any more.`}
        </Text>
      )}
      <Checkbox
        label={t`Also delete its conversations for good`}
        checked={purge}
        onChange={(event) => setPurge(event.currentTarget.checked)}
      />
    </NameTyped>
  )
}
