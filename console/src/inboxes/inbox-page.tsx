// One inbox: how it is, what it does, and every way to change that.
import { useLingui } from '@lingui/react/macro'
import { Alert, Button, Group, Tabs, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { inboxQuery } from '../api/queries.ts'
import type { Inbox, InboxDetail } from '../api/shapes.ts'
import { INBOX_TABS, type InboxTab } from '../router.tsx'
import { useSession } from '../session/use-session.ts'
import { LinkButton } from '../shell/links.tsx'
import { Loading, PageHead } from '../shell/page.tsx'
import { PageFailure } from '../shell/page-failure.tsx'
import { At } from '../shell/when.tsx'
import { AgentsPanel } from './agents-panel.tsx'
import { ChannelIcon } from './channels.tsx'
import { useInboxVerb } from './inbox-verbs.ts'
import { Notices } from './notices.tsx'
import { OverviewPanel } from './overview-panel.tsx'
import { QuarantinePanel } from './quarantine-panel.tsx'
import { ReconnectDialog } from './reconnect-dialog.tsx'
import { SettingsPanel } from './settings-panel.tsx'
import { StateBadge } from './state-badge.tsx'
import { TimelinePanel } from './timeline-panel.tsx'
import { WidgetPanel } from './widget-panel.tsx'

export function InboxPage() {
  const { inboxId } = useParams({ from: '/inside/inboxes/$inboxId' })
  const inbox = useQuery(inboxQuery(inboxId))
  if (inbox.isPending) return <Loading />
  if (inbox.isError) return <PageFailure error={inbox.error} retry={inbox.refetch} />
  return <InboxView inbox={inbox.data} />
}

function InboxView({ inbox }: { inbox: InboxDetail }) {
  const { t } = useLingui()
  const { isAdministrator } = useSession()
  const navigate = useNavigate({ from: '/inboxes/$inboxId' })
  const { tab = 'overview', reconnect = false } = useSearch({ from: '/inside/inboxes/$inboxId' })
  const labels: Record<InboxTab, string> = {
    overview: t`Overview`,
    widget: 'Widget Scripts',
    timeline: t`Timeline`,
    quarantine: t`Quarantine`,
    agents: t`Collaborators`,
    settings: t`Configuration`,
  }
  const isWidget = inbox.channel === 'web_widget'
  const tabs = INBOX_TABS.filter(
    (name) => (name !== 'settings' || isAdministrator) && (name !== 'widget' || isWidget),
  )
  return (
    <>
      <PageHead
        title={inbox.name}
        actions={
          <>
            <LinkButton variant="default" to="/conversations" search={{ inbox_id: inbox.id }}>
              {t`Conversations`}
            </LinkButton>
            {isAdministrator && <Verbs inbox={inbox} />}
          </>
        }
      />
      <Group mb="md">
        <ChannelIcon channel={inbox.channel} />
        <Text>{inbox.address}</Text>
        <StateBadge shown={inbox.shown} />
      </Group>
      <Notices inbox={inbox} />
      {inbox.attention === 'amber' && <Amber inbox={inbox} />}
      <Tabs
        value={tab}
        onChange={(next) => navigate({ search: { tab: next as InboxTab } })}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          {tabs.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {labels[name]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="overview">
          <OverviewPanel inbox={inbox} />
        </Tabs.Panel>
        {isWidget && (
          <Tabs.Panel value="widget">
            <WidgetPanel inboxId={inbox.id} />
          </Tabs.Panel>
        )}
        <Tabs.Panel value="timeline">
          <TimelinePanel inbox={inbox} />
        </Tabs.Panel>
        <Tabs.Panel value="quarantine">
          <QuarantinePanel inbox={inbox} />
        </Tabs.Panel>
        <Tabs.Panel value="agents">
          <AgentsPanel inbox={inbox} />
        </Tabs.Panel>
        {isAdministrator && (
          <Tabs.Panel value="settings">
            <SettingsPanel inbox={inbox} />
          </Tabs.Panel>
        )}
      </Tabs>
      {isAdministrator && reconnect && (
        <ReconnectDialog inbox={inbox} onClose={() => navigate({ search: { tab } })} />
      )}
    </>
  )
}

/** What fails and heals by itself, or stops only sending; what is red stands above every page. */
function Amber({ inbox }: { inbox: Inbox }) {
  const { t } = useLingui()
  const { isAdministrator } = useSession()
  const { receive, send } = inbox.health
  const fault = receive.status === 'ok' ? send : receive
  return (
    <Alert
      color="yellow"
      icon={<IconAlertTriangle />}
      title={`${inbox.shown.label}: ${fault.message ?? ''}`}
      mb="md"
    >
      <Text size="sm">{fault.remedy ?? inbox.shown.advice}</Text>
      <Group mt="xs">
        {inbox.next_try_at !== null && (
          <Text size="sm">
            {t`Next try:`} <At time={inbox.next_try_at} />
          </Text>
        )}
        {isAdministrator && fault.status === 'action_required' && (
          <LinkButton
            size="xs"
            to="/inboxes/$inboxId"
            params={{ inboxId: inbox.id }}
            search={{ reconnect: true }}
          >
            {t`Check again`}
          </LinkButton>
        )}
      </Group>
    </Alert>
  )
}

function Verbs({ inbox }: { inbox: Inbox }) {
  const { t } = useLingui()
  const pause = useInboxVerb(inbox.id, 'pause')
  const resume = useInboxVerb(inbox.id, 'resume')
  const sync = useInboxVerb(inbox.id, 'sync')
  if (inbox.state === 'disconnected') return null
  return (
    <>
      {inbox.state === 'paused' ? (
        <Button loading={resume.isPending} onClick={() => resume.mutate()}>{t`Resume`}</Button>
      ) : (
        <Button variant="default" loading={pause.isPending} onClick={() => pause.mutate()}>
          {t`Pause`}
        </Button>
      )}
      <Button variant="default" loading={sync.isPending} onClick={() => sync.mutate()}>
        {t`Check now`}
      </Button>
    </>
  )
}
