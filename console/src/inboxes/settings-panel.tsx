// What of an inbox can be changed, and its end.
import { useLingui } from '@lingui/react/macro'
import { Button, Divider, NumberInput, Stack, Switch, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api, at, dataOf } from '../api/client.ts'
import type { Inbox, InboxDetail } from '../api/shapes.ts'
import { FailureNote } from '../shell/failure-note.tsx'
import { tell } from '../shell/tell.tsx'
import { DisconnectButton } from './disconnect-button.tsx'
import { useInboxKeeper } from './inbox-verbs.ts'
import { ServersForm } from './servers-form.tsx'
import { WidgetSettings } from './widget/widget-settings.tsx'

export function SettingsPanel({ inbox }: { inbox: InboxDetail }) {
  return (
    <Stack maw={760}>
      <OptionsForm inbox={inbox} />
      {inbox.channel === 'email' && inbox.state !== 'disconnected' && (
        <>
          <Divider />
          <ServersForm inbox={inbox} />
        </>
      )}
      {inbox.channel === 'web_widget' && inbox.state !== 'disconnected' && (
        <>
          <Divider />
          <WidgetSettings inbox={inbox} />
        </>
      )}
      {inbox.state !== 'disconnected' && (
        <>
          <Divider />
          <DisconnectButton inbox={inbox} />
        </>
      )}
    </Stack>
  )
}

function OptionsForm({ inbox }: { inbox: Inbox }) {
  const { t } = useLingui()
  const keep = useInboxKeeper()
  const [name, setName] = useState(inbox.name)
  const [archive, setArchive] = useState<number | string>(inbox.archive_after_days)
  const [bySubject, setBySubject] = useState(inbox.thread_by_subject)
  const isPage = inbox.channel === 'instagram'
  const [splits, setSplits] = useState(inbox.settings.long_answers === 'split')
  const save = useMutation({
    meta: { shown: true },
    mutationFn: () =>
      dataOf(
        api.PATCH('/api/v1/accounts/{account_id}/inboxes/{id}', {
          params: at(inbox.id),
          body: {
            name,
            archive_after_days: Number(archive),
            thread_by_subject: bySubject,
            ...(isPage ? { long_answers: splits ? 'split' : 'refuse' } : {}),
          },
        }),
      ),
    onSuccess(now) {
      keep(now)
      tell(t`Saved.`)
    },
  })
  return (
    <Stack
      component="form"
      align="flex-start"
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <FailureNote error={save.error} />
      <TextInput
        label={t`Name of the inbox`}
        required
        maxLength={200}
        w="100%"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {isPage && (
        <Switch
          label={t`Answers that are too long for one message go out as several`}
          description={t`Instagram takes 1,000 bytes. Otherwise such an answer is refused before it is sent.`}
          checked={splits}
          onChange={(event) => setSplits(event.currentTarget.checked)}
        />
      )}
      {inbox.channel !== 'web_widget' && (
        <>
          <NumberInput
            label={t`Imported conversations are resolved when their last message is older than so many days`}
            min={0}
            max={3650}
            allowDecimal={false}
            value={archive}
            onChange={setArchive}
          />
          <Switch
            label={t`Mails that refer to no other join by contact and subject`}
            checked={bySubject}
            onChange={(event) => setBySubject(event.currentTarget.checked)}
          />
        </>
      )}
      <Button type="submit" loading={save.isPending}>{t`Save`}</Button>
    </Stack>
  )
}
