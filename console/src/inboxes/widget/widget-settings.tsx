// What an administrator decides about a widget after its wizard.
import { useLingui } from '@lingui/react/macro'
import { Button, Divider, Group, Select, Stack, Switch, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, at, dataOf } from '../../api/client.ts'
import { widgetQuery } from '../../api/queries.ts'
import type { Inbox, WidgetSettings as Settings } from '../../api/shapes.ts'
import { FailureNote } from '../../shell/failure-note.tsx'
import { Loading } from '../../shell/page.tsx'
import { tell } from '../../shell/tell.tsx'
import { DomainsField } from './domains-field.tsx'
import { IdentityTokens } from './identity-tokens.tsx'
import { LookFields } from './look-fields.tsx'
import { OpeningFields } from './opening-fields.tsx'
import { PreChatFields } from './pre-chat-fields.tsx'
import { bodyOf, type DraftFieldsProps, draftOf, type WidgetDraft } from './widget-draft.ts'

export function WidgetSettings({ inbox }: { inbox: Inbox }) {
  const { data: settings } = useQuery(widgetQuery(inbox.id))
  if (settings === undefined) return <Loading />
  return (
    <>
      <SettingsForm inbox={inbox} settings={settings} />
      <Divider />
      <IdentityTokens inboxId={inbox.id} />
    </>
  )
}

function SettingsForm({ inbox, settings }: { inbox: Inbox; settings: Settings }) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const [draft, setDraft] = useState(() => draftOf(settings))
  const change = (part: Partial<WidgetDraft>) => setDraft((now) => ({ ...now, ...part }))
  const save = useMutation({
    meta: { shown: true },
    mutationFn: () =>
      dataOf(
        api.PATCH('/api/v1/accounts/{account_id}/widgets/{id}', {
          params: at(inbox.id),
          body: bodyOf(draft),
        }),
      ),
    onSuccess(now) {
      queries.setQueryData(widgetQuery(inbox.id).queryKey, now)
      // As it is kept: a rule of a domain without its scheme and port.
      setDraft(draftOf(now))
      tell(t`Saved.`)
    },
  })
  return (
    <Stack
      component="form"
      align="stretch"
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <LookFields
        name={inbox.name}
        look={draft}
        questions={draft.pre_chat_fields}
        onChange={change}
      />
      <DomainsField value={draft.domains} onChange={(domains) => change({ domains })} />
      <PeopleFields draft={draft} onChange={change} />
      <PreChatFields draft={draft} onChange={change} />
      <OpeningFields draft={draft} onChange={change} />
      <FailureNote error={save.error} />
      <Group>
        <Button type="submit" loading={save.isPending}>{t`Save the chat`}</Button>
        <Text size="sm">{t`Visitors see it when their page is loaded next.`}</Text>
      </Group>
    </Stack>
  )
}

/** Whom the widget believes, and what such people may see. */
function PeopleFields({ draft, onChange }: DraftFieldsProps) {
  const { t } = useLingui()
  const validates = draft.identity_validation !== 'off'
  return (
    <>
      <Select
        label={t`Identity validation`}
        description={t`Whether your back end signs who its users are.`}
        allowDeselect={false}
        value={draft.identity_validation}
        data={[
          { value: 'off', label: t`Off` },
          { value: 'optional', label: t`For those it signs` },
          { value: 'required', label: t`For everybody who is named` },
        ]}
        onChange={(value) => {
          const identity_validation = value as WidgetDraft['identity_validation']
          const without = { multiple_conversations: false, history_of_all_channels: false }
          onChange({ identity_validation, ...(value === 'off' ? without : {}) })
        }}
      />
      <Switch
        label={t`Multiple conversations per user`}
        description={t`Needs identity validation.`}
        disabled={!validates}
        checked={draft.multiple_conversations}
        onChange={({ currentTarget: { checked } }) =>
          onChange({
            multiple_conversations: checked,
            ...(checked ? {} : { history_of_all_channels: false }),
          })
        }
      />
      <Switch
        label={t`One history across channels`}
        description={t`A verified user also reads the conversations of other inboxes here.`}
        disabled={!draft.multiple_conversations}
        checked={draft.history_of_all_channels}
        onChange={(event) => onChange({ history_of_all_channels: event.currentTarget.checked })}
      />
    </>
  )
}
