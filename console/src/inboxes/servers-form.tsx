// The servers of a connected mailbox. New ones replace the old only when they have proved to work.
import { useLingui } from '@lingui/react/macro'
import { Button, Stack } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api, at, dataOf } from '../api/client.ts'
import type { Inbox } from '../api/shapes.ts'
import { FailureNote } from '../shell/failure-note.tsx'
import { tell } from '../shell/tell.tsx'
import { useInboxKeeper } from './inbox-verbs.ts'
import {
  EMPTY_IMAP,
  EMPTY_SMTP,
  ServerFields,
  type ServerForm,
  serverBody,
} from './server-fields.tsx'

interface Stored {
  imap?: Partial<ServerForm>
  smtp?: Partial<ServerForm>
}

export function ServersForm({ inbox }: { inbox: Inbox }) {
  const { t } = useLingui()
  const keep = useInboxKeeper()
  const stored = inbox.settings as Stored
  const [imap, setImap] = useState({ ...EMPTY_IMAP, ...stored.imap, enabled: !!stored.imap })
  const [smtp, setSmtp] = useState({ ...EMPTY_SMTP, ...stored.smtp, enabled: !!stored.smtp })
  const save = useMutation({
    meta: { shown: true },
    mutationFn: () =>
      dataOf(
        api.PATCH('/api/v1/accounts/{account_id}/inboxes/{id}', {
          params: at(inbox.id),
          body: { imap: serverBody('imap', imap), smtp: serverBody('smtp', smtp) },
        }),
      ),
    onSuccess(now) {
      keep(now)
      tell(t`The servers were tested and saved.`)
    },
  })
  const hint = t`Empty: the stored one.`
  return (
    <Stack
      component="form"
      align="stretch"
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <ServerFields kind="imap" value={imap} onChange={setImap} passwordHint={hint} />
      <ServerFields kind="smtp" value={smtp} onChange={setSmtp} passwordHint={hint} />
      <FailureNote error={save.error} />
      <Button type="submit" loading={save.isPending} style={{ alignSelf: 'flex-start' }}>
        {t`Test and save`}
      </Button>
    </Stack>
  )
}
