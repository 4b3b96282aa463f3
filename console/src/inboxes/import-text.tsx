// The import of an inbox in one line.
import { useLingui } from '@lingui/react/macro'
import { Text } from '@mantine/core'
import type { Import, Inbox } from '../api/shapes.ts'
import { duration } from '../shell/when.tsx'

export function ImportText({ inbox }: { inbox: Inbox }) {
  const { import: run } = inbox
  if (run === null || (run.status !== 'running' && run.status !== 'paused')) return null
  return <Unfinished run={run} />
}

function Unfinished({ run }: { run: Import }) {
  const { t, i18n } = useLingui()
  const came = useImported(run)
  const left = run.eta_seconds === null ? null : duration(run.eta_seconds, i18n.locale)
  const words =
    run.status === 'paused' ? t`Import paused: ${came}` : left ? t`${came}, ${left} left` : came
  return (
    <Text size="sm" c="var(--muted)">
      {words}
    </Text>
  )
}

/** How much has come: of a mailbox what it holds is known, of a phone it is not. */
export function useImported({ done, total, window }: Import): string {
  const { t, i18n } = useLingui()
  const came = i18n.number(done)
  if (window.kind === 'pushed') {
    return done === 0 ? t`The phone has sent nothing yet` : t`${came} messages`
  }
  const all = total === null ? '?' : i18n.number(total)
  return t`${came} of ${all} mails`
}
