// A secret or a link that can be seen now and never again.
import { useLingui } from '@lingui/react/macro'
import { Alert, Button, Code, CopyButton, Group, Stack, Text } from '@mantine/core'

export function ShownOnce({ title, value }: { title: string; value: string }) {
  const { t } = useLingui()
  return (
    <Alert role="status" color="green" title={title}>
      <Stack gap="xs">
        <Text size="sm">{t`It is shown only now. Copy it before you go on.`}</Text>
        <Group wrap="nowrap">
          <Code block style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
            {value}
          </Code>
          <CopyButton value={value}>
            {({ copied, copy }) => (
              <Button size="xs" onClick={copy}>
                {copied ? t`Copied` : t`Copy`}
              </Button>
            )}
          </CopyButton>
        </Group>
      </Stack>
    </Alert>
  )
}
