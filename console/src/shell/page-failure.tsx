// A page that could not be loaded, and the way to try again.
import { useLingui } from '@lingui/react/macro'
import { Button, Stack } from '@mantine/core'
import { FailureNote } from './failure-note.tsx'

export function PageFailure({ error, retry }: { error: Error; retry: () => void }) {
  const { t } = useLingui()
  return (
    <Stack align="flex-start" p="md">
      <FailureNote error={error} />
      <Button onClick={retry}>{t`Try again`}</Button>
    </Stack>
  )
}
