// What people must know about inboxes of a channel, as the API says it.
import { Alert, Stack, Text } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import type { Inbox } from '../api/shapes.ts'

export function Notices({ inbox }: { inbox: Inbox }) {
  if (inbox.notices.length === 0) return null
  return (
    <Stack gap="xs" mb="md">
      {inbox.notices.map(({ code, message, remedy }) => (
        <Alert key={code} color="blue" icon={<IconInfoCircle />} title={message}>
          {remedy && <Text size="sm">{remedy}</Text>}
        </Alert>
      ))}
    </Stack>
  )
}
