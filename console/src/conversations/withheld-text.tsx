// A message that a provider does not pass on whole: what stands in its place until it does.
import { useLingui } from '@lingui/react/macro'
import { Text } from '@mantine/core'
import type { Message } from '../api/shapes.ts'

export function WithheldText({ message }: { message: Message }) {
  const { t } = useLingui()
  const { unavailable } = message.content_attributes
  const words: Record<string, string> = {
    see_phone: t`Open the WhatsApp Business app on the phone to read this message. It often appears here a moment later.`,
    media_placeholder: t`A file from before the number was connected. It is on the phone.`,
  }
  if (typeof unavailable !== 'string') return null
  return (
    <Text fs="italic">
      {words[unavailable] ??
        t`WhatsApp does not pass on messages of this kind. The phone shows it.`}
    </Text>
  )
}
