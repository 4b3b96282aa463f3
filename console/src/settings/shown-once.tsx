// A secret or a link that can be seen now and never again.
import { useLingui } from '@lingui/react/macro'
import { Alert, Stack, Text } from '@mantine/core'
import { CodeBlock } from '../shell/code-block.tsx'

export function ShownOnce({ title, value }: { title: string; value: string }) {
  const { t } = useLingui()
  return (
    <Alert role="status" color="green" title={title}>
      <Stack gap="xs">
        <Text size="sm">{t`It is shown only now. Copy it before you go on.`}</Text>
        <CodeBlock code={value} />
      </Stack>
    </Alert>
  )
}
