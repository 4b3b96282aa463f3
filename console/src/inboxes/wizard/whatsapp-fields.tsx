// What a person types of a WhatsApp number, at Twilio or at Meta.
import { PasswordInput, TextInput } from '@mantine/core'
import type { WhatsAppForm } from './inbox-draft.ts'
import type { StepProps } from './step-form.tsx'

export interface WhatsAppField {
  name: keyof WhatsAppForm
  label: string
  secret?: true
}

export function WhatsAppFields(props: StepProps & { fields: WhatsAppField[] }) {
  const { fields, draft, onChange } = props
  return fields.map(({ name, label, secret }) => {
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
  })
}
