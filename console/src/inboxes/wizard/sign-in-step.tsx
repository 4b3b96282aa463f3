// A mailbox whose person signs in at Google or Microsoft: what to prepare, and whose it is.
import { useLingui } from '@lingui/react/macro'
import { List, TextInput } from '@mantine/core'
import { StepForm, type StepProps } from './step-form.tsx'

export function SignInStep(props: StepProps) {
  const { t } = useLingui()
  const { draft, onChange } = props
  return (
    <StepForm
      {...props}
      prepare={draft.channel === 'google' ? <PrepareGoogle /> : <PrepareMicrosoft />}
    >
      <TextInput
        label={t`E-mail address`}
        type="email"
        required
        value={draft.address}
        onChange={(event) => onChange({ ...draft, address: event.currentTarget.value.trim() })}
      />
    </StepForm>
  )
}

function PrepareGoogle() {
  const { t } = useLingui()
  return (
    <List size="sm">
      <List.Item>{t`The mailbox of a user who can sign in, not a group.`}</List.Item>
      <List.Item>
        {t`Only the INBOX is synced, other folders and spam are not. A filter in Gmail with “Never send it to Spam” keeps mail in it.`}
      </List.Item>
    </List>
  )
}

function PrepareMicrosoft() {
  const { t } = useLingui()
  return (
    <List size="sm">
      <List.Item>
        {t`In outlook.live.com: Settings > Mail > Forwarding and IMAP > “Let devices and apps use IMAP” > Save.`}
      </List.Item>
      <List.Item>
        {t`The address must be the primary one of the account. At Microsoft another is made so with “Make primary”.`}
      </List.Item>
    </List>
  )
}
