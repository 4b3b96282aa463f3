// What the steps that connect a channel share: what to prepare, the name, back and next.
import { useLingui } from '@lingui/react/macro'
import { Alert, Button, Group, Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import type { InboxDraft } from './inbox-draft.ts'
import { NameField } from './name-field.tsx'

export interface StepProps {
  draft: InboxDraft
  onChange: (draft: InboxDraft) => void
  onBack: () => void
  onNext: () => void
}

interface StepFormProps extends StepProps {
  prepare: ReactNode
  children: ReactNode
  /** Whether there is enough to go on; the fields say so by themselves when absent. */
  ready?: boolean
}

export function StepForm(props: StepFormProps) {
  const { t } = useLingui()
  const { draft, onChange, onBack, onNext, prepare, children, ready = true } = props
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
        {prepare}
      </Alert>
      <NameField draft={draft} onChange={onChange} />
      {children}
      <Group justify="space-between">
        <Button variant="default" onClick={onBack}>{t`Back`}</Button>
        <Button type="submit" disabled={!ready}>{t`Next`}</Button>
      </Group>
    </Stack>
  )
}
