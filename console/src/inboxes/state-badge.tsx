// The state of an inbox: word, colour and icon, from the API's one table.
import { Badge } from '@mantine/core'
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconLoader,
  IconPlayerPause,
  IconPlugX,
} from '@tabler/icons-react'
import type { Inbox } from '../api/shapes.ts'
import { STATE_COLORS } from '../theme.ts'

const ICONS: Record<Inbox['shown']['color'], typeof IconLoader> = {
  green: IconCircleCheck,
  blue: IconLoader,
  amber: IconAlertTriangle,
  red: IconPlugX,
  gray: IconPlayerPause,
}

export function StateBadge({ shown }: { shown: Inbox['shown'] }) {
  const Icon = ICONS[shown.color]
  return (
    <Badge
      variant="light"
      color={STATE_COLORS[shown.color]}
      c="var(--mantine-color-text)"
      leftSection={<Icon size={14} aria-hidden />}
      title={shown.advice}
      tt="none"
      size="lg"
    >
      {shown.label}
    </Badge>
  )
}
