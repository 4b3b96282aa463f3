// The import of an inbox in one line.
import { useLingui } from '@lingui/react/macro'
import { Text } from '@mantine/core'
import type { Inbox } from '../api/shapes.ts'
import { duration } from '../shell/when.tsx'

export function ImportText({ inbox }: { inbox: Inbox }) {
  const { t, i18n } = useLingui()
  const { import: run } = inbox
  if (run === null || (run.status !== 'running' && run.status !== 'paused')) return null
  const done = i18n.number(run.done)
  const total = run.total === null ? '?' : i18n.number(run.total)
  const left = run.eta_seconds === null ? null : duration(run.eta_seconds, i18n.locale)
  return (
    <Text size="sm" c="var(--muted)">
      {run.status === 'paused'
        ? t`Import paused: ${done} of ${total}`
        : left === null
          ? t`${done} of ${total} mails`
          : t`${done} of ${total} mails, ${left} left`}
    </Text>
  )
}
