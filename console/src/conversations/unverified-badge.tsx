// Said of a widget's visitor for whom no back end has vouched.
import { useLingui } from '@lingui/react/macro'
import { Badge } from '@mantine/core'
import { IconShieldQuestion } from '@tabler/icons-react'
import type { Conversation } from '../api/shapes.ts'

export function UnverifiedBadge({ conversation }: { conversation: Conversation }) {
  const { t } = useLingui()
  if (conversation.visitor_verified !== false) return null
  return (
    <Badge
      variant="outline"
      color="yellow"
      c="var(--mantine-color-text)"
      tt="none"
      leftSection={<IconShieldQuestion size={14} />}
      title={t`Anybody may have typed this name and these addresses: no back end vouched for them.`}
    >
      {t`Unverified visitor`}
    </Badge>
  )
}
