// The inbox is there: what it does now, live, what is left to do, and where to go on.
import { useLingui } from '@lingui/react/macro'
import { Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { inboxQuery } from '../../api/queries.ts'
import { LinkButton } from '../../shell/links.tsx'
import { CallbackPanel } from '../callback-panel.tsx'
import { ImportPanel } from '../import-panel.tsx'
import { Notices } from '../notices.tsx'
import { SignInLink } from '../sign-in-link.tsx'
import { StateBadge } from '../state-badge.tsx'
import { WidgetPanel } from '../widget-panel.tsx'
import type { Made } from './connect-inbox.ts'

export function DoneStep({ made }: { made: Made }) {
  const { t } = useLingui()
  const { data: inbox = made.inbox } = useQuery(inboxQuery(made.inbox.id))
  const { id, channel, address } = inbox
  return (
    <Stack mt="md" align="flex-start">
      <Title order={2} size="h3">
        {t`${inbox.name} is set up`}
      </Title>
      {made.signInUrl !== null && inbox.state === 'connecting' && (
        <SignInLink channel={channel} url={made.signInUrl} address={address} />
      )}
      <div aria-live="polite">
        <StateBadge shown={inbox.shown} />
        <Text mt="xs">{inbox.health.receive.message ?? inbox.shown.advice}</Text>
      </div>
      <Notices inbox={inbox} />
      {inbox.import !== null && <ImportPanel inboxId={id} run={inbox.import} />}
      {channel === 'whatsapp_twilio' && <CallbackPanel inboxId={id} />}
      {channel === 'web_widget' && <WidgetPanel inboxId={id} />}
      <LinkButton to="/inboxes/$inboxId" params={{ inboxId: id }}>
        {t`To the inbox`}
      </LinkButton>
    </Stack>
  )
}
