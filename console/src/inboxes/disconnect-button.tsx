// The end of an inbox, which asks for its name to be typed.
import { useLingui } from '@lingui/react/macro'
import { Button, Checkbox, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api, at, dataOf } from '../api/client.ts'
import type { InboxDetail } from '../api/shapes.ts'
import { FailureNote } from '../shell/failure-note.tsx'
import { tell } from '../shell/tell.tsx'
import { useInboxKeeper } from './inbox-verbs.ts'

export function DisconnectButton({ inbox }: { inbox: InboxDetail }) {
  const { t } = useLingui()
  const keep = useInboxKeeper()
  const [opened, { open, close }] = useDisclosure(false)
  const [typed, setTyped] = useState('')
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
      close()
    },
  })
  return (
    <>
      <Group>
        <Button color="red" variant="light" onClick={open}>{t`Disconnect this inbox`}</Button>
      </Group>
      <Modal
        opened={opened}
        onClose={close}
        title={t`Disconnect ${inbox.name}`}
        closeButtonProps={{ 'aria-label': t`Close` }}
      >
        <Stack
          component="form"
          onSubmit={(event) => {
            event.preventDefault()
            disconnect.mutate()
          }}
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
          <FailureNote error={disconnect.error} />
          <TextInput
            label={t`Type the name of the inbox: ${inbox.name}`}
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>{t`Cancel`}</Button>
            <Button
              type="submit"
              color="red"
              disabled={typed.trim() !== inbox.name}
              loading={disconnect.isPending}
            >
              {t`Disconnect`}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}
