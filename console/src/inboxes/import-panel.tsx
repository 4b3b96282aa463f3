// The import of an inbox: how far, how fast, how long still, and its brakes.
import { useLingui } from '@lingui/react/macro'
import { Button, Card, Group, Progress, Text, Title } from '@mantine/core'
import { useRef } from 'react'
import type { Import } from '../api/shapes.ts'
import { useSession } from '../session/use-session.ts'
import { TextLink } from '../shell/links.tsx'
import { At, duration } from '../shell/when.tsx'
import { useImported } from './import-text.tsx'
import { useImportVerb } from './inbox-verbs.ts'

export function ImportPanel({ inboxId, run }: { inboxId: number; run: Import }) {
  const { t, i18n } = useLingui()
  const { isAdministrator } = useSession()
  const share = useRising(run)
  const words = useImported(run)
  const percent = Math.floor(share * 100)
  const titles: Record<Import['status'], string> = {
    running: t`Importing history`,
    paused: t`The import is paused`,
    completed: t`The import is complete`,
    cancelled: t`The import was cancelled`,
  }
  const unfinished = run.status === 'running' || run.status === 'paused'
  return (
    <Card withBorder aria-live="off">
      <Group justify="space-between">
        <Title order={2} size="h4">
          {titles[run.status]}
        </Title>
        {isAdministrator && unfinished && <Brakes inboxId={inboxId} run={run} />}
      </Group>
      <Progress.Root size="lg" my="sm">
        <Progress.Section value={percent} aria-label={titles[run.status]} aria-valuetext={words} />
      </Progress.Root>
      <Group>
        <Text>{words}</Text>
        {run.rate_per_second !== null && run.status === 'running' && (
          <Text>{t`${i18n.number(run.rate_per_second)} per second`}</Text>
        )}
        {run.eta_seconds !== null && (
          <Text>{t`${duration(run.eta_seconds, i18n.locale)} left`}</Text>
        )}
        {run.parked_until !== null && run.status === 'running' && (
          <Text>
            {t`Goes on by itself:`} <At time={run.parked_until} />
          </Text>
        )}
        {run.quarantined > 0 && (
          <TextLink
            to="/inboxes/$inboxId"
            params={{ inboxId }}
            search={{ tab: 'quarantine' }}
          >{t`${run.quarantined} in quarantine`}</TextLink>
        )}
      </Group>
    </Card>
  )
}

/** A total that is counted anew may grow; the bar never goes back. */
function useRising(run: Import): number {
  const highest = useRef({ number: run.number, share: 0 })
  if (highest.current.number !== run.number) highest.current = { number: run.number, share: 0 }
  const share = run.status === 'completed' ? 1 : shareOf(run)
  highest.current.share = Math.min(1, Math.max(highest.current.share, share))
  return highest.current.share
}

/** What a phone pushes has no total: it tells per cents. */
function shareOf({ window, total, done }: Import): number {
  if (window.kind === 'pushed') return Number(window.progress) / 100
  return total ? done / total : 0
}

function Brakes({ inboxId, run }: { inboxId: number; run: Import }) {
  const { t } = useLingui()
  const pause = useImportVerb(inboxId, 'pause')
  const resume = useImportVerb(inboxId, 'resume')
  const cancel = useImportVerb(inboxId, 'cancel')
  return (
    <Group gap="xs">
      {run.status === 'paused' ? (
        <Button size="xs" loading={resume.isPending} onClick={() => resume.mutate()}>
          {t`Resume the import`}
        </Button>
      ) : (
        <Button
          size="xs"
          variant="default"
          loading={pause.isPending}
          onClick={() => pause.mutate()}
        >
          {t`Pause the import`}
        </Button>
      )}
      <Button
        size="xs"
        variant="default"
        loading={cancel.isPending}
        onClick={() => cancel.mutate()}
      >
        {t`Cancel the import`}
      </Button>
    </Group>
  )
}
