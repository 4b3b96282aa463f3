// A password that is chosen, with what it has to be.
import { useLingui } from '@lingui/react/macro'
import { PasswordInput } from '@mantine/core'

export function NewPassword(props: { value: string; onChange: (value: string) => void }) {
  const { t } = useLingui()
  return (
    <PasswordInput
      label={t`New password`}
      description={t`At least 10 characters; several words are easy to remember.`}
      autoComplete="new-password"
      minLength={10}
      maxLength={200}
      required
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  )
}
