// A WhatsApp number, through Twilio or by Meta's Cloud API: what to prepare, and its credentials.
import { useLingui } from '@lingui/react/macro'
import { List, PasswordInput, TextInput } from '@mantine/core'
import type { WhatsAppForm } from './inbox-draft.ts'
import { StepForm, type StepProps } from './step-form.tsx'

interface Shown {
  name: keyof WhatsAppForm
  label: string
  secret?: true
}

export function WhatsAppStep(props: StepProps) {
  const { t } = useLingui()
  const { draft, onChange } = props
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
    <StepForm {...props} prepare={twilio ? <PrepareTwilio /> : <PrepareCloud />}>
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
    </StepForm>
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
