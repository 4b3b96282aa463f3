// The inbox is there: what it does now, live, and where to go on.
import { useLingui } from '@lingui/react/macro'
import { Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { inboxQuery } from '../../api/queries.ts'
import type { Inbox } from '../../api/shapes.ts'
import { LinkButton } from '../../shell/links.tsx'
import { ImportPanel } from '../import-panel.tsx'
import { StateBadge } from '../state-badge.tsx'

export function DoneStep({ inbox: made }: { inbox: Inbox }) {
  const { t } = useLingui()
  const { data: inbox = made } = useQuery(inboxQuery(made.id))
  return (
    <Stack mt="md" align="flex-start">
      <Title order={2} size="h3">
        {t`${inbox.name} is set up`}
      </Title>
      <div aria-live="polite">
        <StateBadge shown={inbox.shown} />
        <Text mt="xs">{inbox.health.receive.message ?? inbox.shown.advice}</Text>
      </div>
      {inbox.import !== null && <ImportPanel inboxId={inbox.id} run={inbox.import} />}
      <LinkButton to="/inboxes/$inboxId" params={{ inboxId: inbox.id }}>
        {t`To the inbox`}
      </LinkButton>
    </Stack>
  )
}
