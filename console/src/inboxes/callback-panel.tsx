// Where Twilio is to send messages: set by us, or to be pasted there, and whether any has come.
import { useLingui } from '@lingui/react/macro'
import { Alert, Card, List, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { callbackQuery } from '../api/queries.ts'
import { CodeBlock } from '../shell/code-block.tsx'
import { Ago } from '../shell/when.tsx'

export function CallbackPanel({ inboxId }: { inboxId: number }) {
  const { t } = useLingui()
  const { data: callback } = useQuery(callbackQuery(inboxId))
  if (!callback || callback.url === null) return null
  const { state, url, steps, first_delivery_at, last_delivery_at, messaging_service_sid } = callback
  const words: Record<typeof state, string> = {
    set: t`Twilio sends its messages here.`,
    pending: t`Twilio is being told where to send messages.`,
    manual: t`Twilio does not let us set this: paste the address there.`,
    none: '',
  }
  return (
    <Card withBorder w="100%">
      <Stack gap="sm">
        <Title order={2} size="h4">
          {t`Callback URL`}
        </Title>
        <Text role="status">{words[state]}</Text>
        <CodeBlock code={url} />
        {state === 'manual' && (
          <List type="ordered" size="sm">
            {steps.map((step) => (
              <List.Item key={step}>{step}</List.Item>
            ))}
          </List>
        )}
        {messaging_service_sid !== null && (
          <Alert color="yellow">
            {t`The number is in the Messaging Service ${messaging_service_sid}, whose own webhook comes first: set it to None.`}
          </Alert>
        )}
        <Text size="sm" c="var(--muted)">
          {first_delivery_at === null ? (
            t`Nothing has come yet.`
          ) : (
            <>
              {t`Last message from Twilio:`} <Ago time={last_delivery_at} />
            </>
          )}
        </Text>
      </Stack>
    </Card>
  )
}
