// What is red, on every page: which inbox, why, since when, what is not lost, and the way out.
import { useLingui } from '@lingui/react/macro'
import { Alert, Collapse, Group, Stack, Text, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconAlertOctagon, IconChevronDown } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { inboxesQuery } from '../api/queries.ts'
import type { Inbox } from '../api/shapes.ts'
import { useSession } from '../session/use-session.ts'
import { LinkButton } from './links.tsx'
import { shortTime } from './when.tsx'

export function Faults() {
  const { data = [] } = useQuery(inboxesQuery)
  const red = data.filter(({ attention }) => attention === 'red')
  const [first] = red
  if (first === undefined) return null
  return (
    <Alert
      role="region"
      aria-label={first.shown.label}
      color="red"
      variant="light"
      radius={0}
      icon={<IconAlertOctagon />}
    >
      {red.length === 1 ? <Fault inbox={first} /> : <SeveralFaults inboxes={red} />}
    </Alert>
  )
}

function SeveralFaults({ inboxes }: { inboxes: Inbox[] }) {
  const { t } = useLingui()
  const [open, { toggle }] = useDisclosure(false)
  return (
    <Stack gap="xs">
      <UnstyledButton onClick={toggle} aria-expanded={open}>
        <Group gap="xs">
          <Text fw={600}>{t`${inboxes.length} inboxes need you`}</Text>
          <IconChevronDown size={18} />
        </Group>
      </UnstyledButton>
      <Collapse expanded={open}>
        <Stack gap="xs">
          {inboxes.map((inbox) => (
            <Fault key={inbox.id} inbox={inbox} />
          ))}
        </Stack>
      </Collapse>
    </Stack>
  )
}

/** One sentence and one button, as they also stand on the inbox's own page. */
export function Fault({ inbox }: { inbox: Inbox }) {
  const { t, i18n } = useLingui()
  const { isAdministrator } = useSession()
  const { name, address, health } = inbox
  const receives = health.receive.status !== 'ok' && health.receive.status !== 'retrying'
  const fault = receives ? health.receive : health.send
  const since = shortTime(fault.since, i18n.locale)
  return (
    <Group justify="space-between" gap="md">
      <div>
        <Text fw={600}>
          {receives
            ? t`${name} (${address}) stopped receiving at ${since}: ${fault.message ?? ''}`
            : t`${name} (${address}) stopped sending at ${since}: ${fault.message ?? ''}`}
        </Text>
        <Text size="sm">
          {receives
            ? t`Nothing is lost: what arrives meanwhile is fetched afterwards.`
            : t`Nothing is lost: answers wait and go out afterwards.`}
        </Text>
      </div>
      {isAdministrator ? (
        <LinkButton
          to="/inboxes/$inboxId"
          params={{ inboxId: inbox.id }}
          search={{ reconnect: true }}
          color="red"
        >
          {inbox.state === 'reauthorization_required'
            ? t`Click here to reconnect`
            : t`See what to do`}
        </LinkButton>
      ) : (
        <Text size="sm">{t`An administrator of your account can reconnect it.`}</Text>
      )}
    </Group>
  )
}
