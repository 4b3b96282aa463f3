// A button for what cannot be undone: it asks once, naming what it is about.
import { useLingui } from '@lingui/react/macro'
import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'

export function ConfirmButton(props: {
  label: string
  question: string
  loading: boolean
  onConfirm: () => void
}) {
  const { t } = useLingui()
  const { label, question, loading, onConfirm } = props
  const [opened, { open, close }] = useDisclosure(false)
  return (
    <>
      <Button size="xs" color="red" variant="light" loading={loading} onClick={open}>
        {label}
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={label}
        closeButtonProps={{ 'aria-label': t`Close` }}
      >
        <Stack>
          <Text>{question}</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>{t`Cancel`}</Button>
            <Button
              color="red"
              onClick={() => {
                close()
                onConfirm()
              }}
            >
              {label}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}
