// What the channel would refuse, said while one writes: the window, the length, the number of files.
import { useLingui } from '@lingui/react/macro'
import { Alert, Text } from '@mantine/core'
import { IconClockOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { replyLimitsQuery } from '../api/queries.ts'
import type { Conversation, ReplyLimits } from '../api/shapes.ts'
import { At } from '../shell/when.tsx'

export interface Measured {
  limits: ReplyLimits | undefined
  /** Of the text; null where nothing limits it. */
  left: number | null
  tooManyFiles: boolean
  /** There is a text beside a file, where a file goes alone. */
  notAlone: boolean
  /** The provider would refuse it. */
  refused: boolean
}

/** Once there are files the text has the room that the channel leaves beside one. */
export function useMeasured(conversation: Conversation, text: string, files: number): Measured {
  const { data: limits } = useQuery(replyLimitsQuery(conversation.id))
  const most = files > 0 ? limits?.text?.limit_beside_file : limits?.text?.limit
  const left = most == null ? null : most - sizeOf(text, limits?.text?.unit)
  const tooManyFiles = limits?.files != null && files > limits.files
  const notAlone = files > 0 && most === 0 && text !== ''
  const refused = limits?.refused != null || tooManyFiles || (left !== null && left < 0)
  return { limits, left, tooManyFiles, notAlone, refused }
}

function sizeOf(text: string, unit: 'characters' | 'bytes' | undefined): number {
  return unit === 'bytes' ? new TextEncoder().encode(text).length : [...text].length
}

/** Whether the contact can be answered, and until when. */
export function WindowNote({ limits }: { limits: ReplyLimits | undefined }) {
  const { t } = useLingui()
  if (limits?.refused) {
    const { message, remedy } = limits.refused
    return (
      <Alert role="status" color="yellow" icon={<IconClockOff />} title={message}>
        {remedy}
      </Alert>
    )
  }
  if (limits?.window_ends_at == null) return null
  return (
    <Text size="sm" c="var(--muted)">
      {t`The contact can be answered until`} <At time={limits.window_ends_at} />
    </Text>
  )
}

/** How much fits still, or what is too much. */
export function RoomLeft({ limits, left, tooManyFiles, notAlone }: Measured) {
  const { t, i18n } = useLingui()
  if (limits?.text == null || left === null) return null
  const amount = i18n.number(Math.abs(left))
  const bytes = limits.text.unit === 'bytes'
  const words = () => {
    if (tooManyFiles) return t`Only ${limits.files} file fits into one message.`
    if (notAlone) return t`A file goes alone here, without a text.`
    if (left >= 0) return bytes ? t`${amount} bytes left` : t`${amount} characters left`
    return bytes ? t`${amount} bytes too many` : t`${amount} characters too many`
  }
  const wrong = left < 0 || tooManyFiles
  return (
    <Text
      size="sm"
      c={wrong ? 'var(--mantine-color-error)' : 'var(--muted)'}
      // Read out when it is wrong, not at every key.
      role={wrong ? 'alert' : undefined}
    >
      {words()}
    </Text>
  )
}
