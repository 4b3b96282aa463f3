// A button for what destroys: its dialog names the thing and asks for that name to be typed.
import { useLingui } from '@lingui/react/macro'
import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { type ReactNode, useEffect, useState } from 'react'
import { FailureNote } from './failure-note.tsx'

export function NameTyped(props: {
  name: string
  /** What opens the dialog. */
  button: string
  title: string
  /** Of the field, with the name. */
  label: string
  verb: string
  error: Error | null
  loading: boolean
  /** It has happened: the dialog closes. */
  done: boolean
  onConfirm: () => void
  children: ReactNode
}) {
  const { t } = useLingui()
  const { name, button, title, label, verb, error, loading, done, onConfirm, children } = props
  const [opened, { open, close }] = useDisclosure(false)
  const [typed, setTyped] = useState('')
  useEffect(() => {
    if (done) close()
  }, [done, close])
  return (
    <>
      <Group>
        <Button color="red" variant="light" disabled={done} onClick={open}>
          {button}
        </Button>
      </Group>
      <Modal
        opened={opened}
        onClose={close}
        title={title}
        closeButtonProps={{ 'aria-label': t`Close` }}
      >
        <Stack
          component="form"
          onSubmit={(event) => {
            event.preventDefault()
            onConfirm()
          }}
        >
          {children}
          <FailureNote error={error} />
          <TextInput
            label={label}
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>{t`Cancel`}</Button>
            <Button type="submit" color="red" disabled={typed.trim() !== name} loading={loading}>
              {verb}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}
