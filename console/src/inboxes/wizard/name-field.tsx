// What every new inbox is called.
import { useLingui } from '@lingui/react/macro'
import { TextInput } from '@mantine/core'
import type { InboxDraft } from './inbox-draft.ts'

export function NameField(props: { draft: InboxDraft; onChange: (draft: InboxDraft) => void }) {
  const { t } = useLingui()
  const { draft, onChange } = props
  return (
    <TextInput
      label={t`Name of the inbox`}
      placeholder={t`Support`}
      required
      maxLength={200}
      value={draft.name}
      onChange={(event) => onChange({ ...draft, name: event.currentTarget.value })}
    />
  )
}
