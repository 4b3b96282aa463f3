// What people must know about inboxes of a channel, as the API says it.
import { Alert, Anchor, Stack, Text } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import type { Inbox } from '../api/shapes.ts'

export function Notices({ inbox }: { inbox: Inbox }) {
  if (inbox.notices.length === 0) return null
  return (
    <Stack gap="xs" mb="md">
      {inbox.notices.map(({ code, message, remedy }) => (
        <Alert key={code} color="blue" icon={<IconInfoCircle />} title={message}>
          {remedy && <Text size="sm">{withLinks(remedy)}</Text>}
        </Alert>
      ))}
    </Stack>
  )
}

/** The addresses in a text as links. */
function withLinks(text: string) {
  return text.split(/(https:\/\/\S*[^\s.,;])/).map((part) =>
    part.startsWith('https://') ? (
      <Anchor
        key={part}
        inherit
        c="var(--mantine-color-text)"
        underline="always"
        href={part}
        target="_blank"
        rel="noreferrer"
      >
        {part}
      </Anchor>
    ) : (
      part
    ),
  )
}
