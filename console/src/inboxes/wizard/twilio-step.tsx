// A WhatsApp number through Twilio: what to prepare, and its credentials.
import { useLingui } from '@lingui/react/macro'
import { List } from '@mantine/core'
import { StepForm, type StepProps } from './step-form.tsx'
import { type WhatsAppField, WhatsAppFields } from './whatsapp-fields.tsx'

export function TwilioStep(props: StepProps) {
  const { t } = useLingui()
  const fields: WhatsAppField[] = [
    { name: 'phone_number', label: t`Phone number` },
    { name: 'account_sid', label: 'Account SID' },
    { name: 'auth_token', label: 'Auth Token', secret: true },
  ]
  return (
    <StepForm {...props} prepare={<PrepareTwilio />}>
      <WhatsAppFields {...props} fields={fields} />
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
