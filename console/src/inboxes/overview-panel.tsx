// How an inbox is doing: its import, each direction by itself, ClaudIA, the run behind it.
import { useLingui } from '@lingui/react/macro'
import { Anchor, Button, Card, Group, SimpleGrid, Stack, Switch, Text, Title } from '@mantine/core'
import type { Health, Inbox } from '../api/shapes.ts'
import { useSession } from '../session/use-session.ts'
import { Ago, At } from '../shell/when.tsx'
import { CallbackPanel } from './callback-panel.tsx'
import { useClaudiaWords } from './claudia-words.ts'
import { ImportPanel } from './import-panel.tsx'
import { useClaudiaSwitch, useInboxVerb } from './inbox-verbs.ts'
import { ReceiversCard } from './receivers-card.tsx'

export function OverviewPanel({ inbox }: { inbox: Inbox }) {
  const { t } = useLingui()
  const { isAdministrator } = useSession()
  const { health, channel } = inbox
  return (
    <Stack>
      {inbox.import !== null && <ImportPanel inboxId={inbox.id} run={inbox.import} />}
      {isAdministrator && channel === 'whatsapp_twilio' && <CallbackPanel inboxId={inbox.id} />}
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Direction title={t`Receiving`} health={health.receive} />
        <Direction title={t`Sending`} health={health.send} />
      </SimpleGrid>
      {inbox.channel === 'instagram' && <ReceiversCard inboxId={inbox.id} />}
      <ClaudiaCard inbox={inbox} />
      <Card withBorder>
        <Stack gap="xs">
          <Text>
            {t`Last checked:`} <Ago time={inbox.last_checked_at} />
          </Text>
          <Text>
            {t`Last good check:`} <Ago time={inbox.last_good_sync_at} />
          </Text>
          <Anchor href={inbox.temporal_url} target="_blank" rel="noreferrer">
            {t`The run behind this inbox, in Temporal`}
          </Anchor>
        </Stack>
      </Card>
    </Stack>
  )
}

function Direction({ title, health }: { title: string; health: Health }) {
  const { t } = useLingui()
  const words: Record<Health['status'], string> = {
    ok: t`Works`,
    retrying: t`Is tried again`,
    action_required: t`Needs a setting at the provider`,
    reauthorization_required: t`The provider refuses the credentials`,
  }
  return (
    <Card withBorder>
      <Title order={2} size="h4">
        {title}
      </Title>
      <Text fw={600}>{words[health.status]}</Text>
      <Text size="sm" c="var(--muted)">
        {t`Since`} <At time={health.since} />
      </Text>
      {health.message !== null && <Text mt="xs">{health.message}</Text>}
      {health.remedy !== null && <Text size="sm">{health.remedy}</Text>}
      {health.evidence !== null && (
        <Text size="sm" ff="monospace" mt="xs" className="message-text">
          {health.evidence}
        </Text>
      )}
    </Card>
  )
}

function ClaudiaCard({ inbox }: { inbox: Inbox }) {
  const { t } = useLingui()
  const { isAdministrator } = useSession()
  const words = useClaudiaWords()
  const switching = useClaudiaSwitch(inbox.id)
  const release = useInboxVerb(inbox.id, 'claudia/release')
  const { mode } = inbox.claudia
  return (
    <Card withBorder>
      <Title order={2} size="h4">
        ClaudIA
      </Title>
      <Group justify="space-between">
        <div>
          <Text fw={600}>{words[mode]}</Text>
          {mode === 'held' && (
            <Text size="sm">
              {t`She never answers imported mail. New messages wait for the end of the import; then she takes them in their order.`}
            </Text>
          )}
        </div>
        {isAdministrator && (
          <Group>
            {mode === 'held' && (
              <Button
                variant="default"
                loading={release.isPending}
                onClick={() => release.mutate()}
              >
                {t`Let her begin now`}
              </Button>
            )}
            <Switch
              label={t`ClaudIA answers in this inbox`}
              checked={mode !== 'off'}
              disabled={switching.isPending}
              onChange={(event) => switching.mutate(event.currentTarget.checked ? 'on' : 'off')}
            />
          </Group>
        )}
      </Group>
    </Card>
  )
}
