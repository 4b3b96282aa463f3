// The one message that another answers, where a chat says so.
import { useLingui } from '@lingui/react/macro'
import { Blockquote } from '@mantine/core'
import type { Message } from '../api/shapes.ts'

export function AnsweredMessage({ message }: { message: Message }) {
  const { t } = useLingui()
  if (message.in_reply_to === null) return null
  const { message_id, content } = message.in_reply_to
  return (
    <Blockquote p="xs" mb="xs" fz="sm" aria-label={t`In answer to`}>
      {message_id === null ? t`A message that is not stored here` : content || t`A file`}
    </Blockquote>
  )
}
