// Code to be copied.
import { useLingui } from '@lingui/react/macro'
import { Button, Code, CopyButton, Group } from '@mantine/core'

export function CodeBlock({ code }: { code: string }) {
  const { t } = useLingui()
  return (
    <Group align="flex-start" wrap="nowrap">
      <Code block style={{ flexGrow: 1, whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {code}
      </Code>
      <CopyButton value={code}>
        {({ copied, copy }) => (
          <Button size="xs" onClick={copy}>
            {copied ? t`Copied` : t`Copy`}
          </Button>
        )}
      </CopyButton>
    </Group>
  )
}
