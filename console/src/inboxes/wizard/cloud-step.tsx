// A WhatsApp number by Meta's Cloud API: one that a phone goes on using, or one with a token.
import { useLingui } from '@lingui/react/macro'
import { List, Loader, Radio, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { popupQuery } from '../../api/queries.ts'
import { CompanionLimits } from '../companion-limits.tsx'
import { StepForm, type StepProps } from './step-form.tsx'
import { type WhatsAppField, WhatsAppFields } from './whatsapp-fields.tsx'

export function CloudStep(props: StepProps) {
  const { t } = useLingui()
  const { draft, onChange } = props
  const { data: popup, isPending } = useQuery(popupQuery)
  if (isPending) return <Loader mt="md" aria-label={t`Loading`} />
  const signsUp = popup !== null && draft.signsUp
  return (
    <StepForm {...props} prepare={signsUp ? <PreparePhone /> : <PrepareToken />}>
      {popup && (
        <Radio.Group
          label={t`How is the number used?`}
          value={signsUp ? 'phone' : 'token'}
          onChange={(way) => onChange({ ...draft, signsUp: way === 'phone' })}
        >
          <Stack gap="xs" mt="xs">
            <Radio
              value="phone"
              label={t`In the WhatsApp Business app on a phone, also from now on`}
            />
            <Radio value="token" label={t`By the Cloud API alone: I have an access token`} />
          </Stack>
        </Radio.Group>
      )}
      {!signsUp && <TokenFields {...props} />}
    </StepForm>
  )
}

function TokenFields(props: StepProps) {
  const { t } = useLingui()
  const fields: WhatsAppField[] = [
    { name: 'phone_number', label: t`Phone number` },
    { name: 'phone_number_id', label: 'Phone number ID' },
    { name: 'waba_id', label: 'WhatsApp Business Account ID' },
    { name: 'access_token', label: t`Access token`, secret: true },
  ]
  return <WhatsAppFields {...props} fields={fields} />
}

function PreparePhone() {
  const { t } = useLingui()
  return (
    <Stack gap="xs">
      <List size="sm">
        <List.Item>{t`The phone with the WhatsApp Business app, version 2.24.17 or newer: it scans a code in Meta’s window.`}</List.Item>
        <List.Item>{t`A Facebook account that manages the business.`}</List.Item>
        <List.Item>{t`Allow in the app that chats are shared: the last six months come in, and ClaudIA waits until they are here.`}</List.Item>
        <List.Item>{t`WhatsApp Web and other linked devices are unlinked once. Link them again afterwards.`}</List.Item>
      </List>
      <CompanionLimits />
    </Stack>
  )
}

function PrepareToken() {
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
