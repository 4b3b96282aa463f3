// A WhatsApp number, through Twilio or by Meta's Cloud API: what to prepare, and its credentials.
import { useLingui } from '@lingui/react/macro'
import { Alert, Button, Group, List, PasswordInput, Stack, TextInput } from '@mantine/core'
import type { InboxDraft, WhatsAppForm } from './inbox-draft.ts'
import { NameField } from './name-field.tsx'

interface Shown {
  name: keyof WhatsAppForm
  label: string
  secret?: true
}

export function WhatsAppStep(props: {
  draft: InboxDraft
  onChange: (draft: InboxDraft) => void
  onBack: () => void
  onNext: () => void
}) {
  const { t } = useLingui()
  const { draft, onChange, onBack, onNext } = props
  const twilio = draft.channel === 'whatsapp_twilio'
  const fields: Shown[] = twilio
    ? [
        { name: 'phone_number', label: t`Phone number` },
        { name: 'account_sid', label: 'Account SID' },
        { name: 'auth_token', label: 'Auth Token', secret: true },
      ]
    : [
        { name: 'phone_number', label: t`Phone number` },
        { name: 'phone_number_id', label: 'Phone number ID' },
        { name: 'waba_id', label: 'WhatsApp Business Account ID' },
        { name: 'access_token', label: t`Access token`, secret: true },
      ]
  return (
    <Stack
      component="form"
      mt="md"
      align="stretch"
      onSubmit={(event) => {
        event.preventDefault()
        onNext()
      }}
    >
      <Alert color="blue" title={t`What you need`}>
        {twilio ? <PrepareTwilio /> : <PrepareCloud />}
      </Alert>
      <NameField draft={draft} onChange={onChange} />
      {fields.map(({ name, label, secret }) => {
        const Field = secret ? PasswordInput : TextInput
        return (
          <Field
            key={name}
            label={label}
            required
            autoComplete="off"
            placeholder={name === 'phone_number' ? '+5511987654321' : undefined}
            value={draft.whatsapp[name]}
            onChange={(event) => {
              const value = event.currentTarget.value.trim()
              onChange({ ...draft, whatsapp: { ...draft.whatsapp, [name]: value } })
            }}
          />
        )
      })}
      <Group justify="space-between">
        <Button variant="default" onClick={onBack}>{t`Back`}</Button>
        <Button type="submit">{t`Next`}</Button>
      </Group>
    </Stack>
  )
}

function PrepareTwilio() {
  const { t } = useLingui()
  return (
    <List size="sm">
      <List.Item>{t`Account SID and Auth Token, from the first page of the Twilio console.`}</List.Item>
      <List.Item>
        {t`Native buttons and forms are not available through Twilio; approved templates are.`}
      </List.Item>
      <List.Item>
        {t`Where Twilio does not let us set it: Senders > WhatsApp senders > your number > Messaging Service: None > “Webhook URL for incoming messages” > Update WhatsApp Sender.`}
      </List.Item>
    </List>
  )
}

function PrepareCloud() {
  const { t } = useLingui()
  return (
    <List size="sm">
      <List.Item>{t`The ids of the page WhatsApp > API set-up in the dashboard of your app at Meta.`}</List.Item>
      <List.Item>
        {t`An access token of a system user, with whatsapp_business_messaging and whatsapp_business_management.`}
      </List.Item>
    </List>
  )
}
