// All inboxes at a glance: a fault shows without a click.
import { useLingui } from '@lingui/react/macro'
import { Group, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { inboxesQuery } from '../api/queries.ts'
import type { Inbox } from '../api/shapes.ts'
import { useSession } from '../session/use-session.ts'
import { LinkButton, TextLink } from '../shell/links.tsx'
import { Loading, Nothing, PageHead } from '../shell/page.tsx'
import { PageFailure } from '../shell/page-failure.tsx'
import { Ago } from '../shell/when.tsx'
import { ChannelIcon } from './channels.tsx'
import { useClaudiaWords } from './claudia-words.ts'
import { ImportText } from './import-text.tsx'
import { StateBadge } from './state-badge.tsx'

export function InboxListPage() {
  const { t } = useLingui()
  const { isAdministrator } = useSession()
  const inboxes = useQuery(inboxesQuery)
  const add = isAdministrator && <LinkButton to="/inboxes/new">{t`Add inbox`}</LinkButton>
  return (
    <>
      <PageHead title={t`Inboxes`} actions={add} />
      {inboxes.isPending && <Loading />}
      {inboxes.isError && <PageFailure error={inboxes.error} retry={inboxes.refetch} />}
      {inboxes.data?.length === 0 && (
        <Nothing title={t`No inbox yet`}>
          {isAdministrator
            ? t`Connect a mailbox: its history comes in by itself, and ClaudIA waits meanwhile.`
            : t`An administrator has to make you a member of one.`}
        </Nothing>
      )}
      {inboxes.data !== undefined && inboxes.data.length > 0 && (
        <Table.ScrollContainer minWidth={720}>
          <Table verticalSpacing="sm" highlightOnHover>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t`Inbox`}</Table.Th>
                <Table.Th>{t`State`}</Table.Th>
                <Table.Th>ClaudIA</Table.Th>
                <Table.Th>{t`Last received`}</Table.Th>
                <Table.Th>{t`Last sent`}</Table.Th>
                <Table.Th>{t`Agents`}</Table.Th>
                <Table.Th>{t`Next step`}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {inboxes.data.map((inbox) => (
                <Row key={inbox.id} inbox={inbox} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </>
  )
}

function Row({ inbox }: { inbox: Inbox }) {
  const { id: inboxId, name, address, channel, shown, figures } = inbox
  const claudia = useClaudiaWords()
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap="sm" wrap="nowrap">
          <ChannelIcon channel={channel} />
          <div>
            <TextLink to="/inboxes/$inboxId" params={{ inboxId }}>
              {name}
            </TextLink>
            <Text size="sm" c="var(--muted)">
              {address}
            </Text>
          </div>
        </Group>
      </Table.Td>
      <Table.Td>
        <StateBadge shown={shown} />
        <ImportText inbox={inbox} />
      </Table.Td>
      <Table.Td>{claudia[inbox.claudia.mode]}</Table.Td>
      <Table.Td>
        <Ago time={figures.last_received_at} />
      </Table.Td>
      <Table.Td>
        <Ago time={figures.last_sent_at} />
      </Table.Td>
      <Table.Td>{figures.members}</Table.Td>
      <Table.Td>
        <NextStep inbox={inbox} />
      </Table.Td>
    </Table.Tr>
  )
}

function NextStep({ inbox }: { inbox: Inbox }) {
  const { t } = useLingui()
  const { isAdministrator } = useSession()
  const params = { inboxId: inbox.id }
  if (inbox.attention === 'red' && isAdministrator) {
    return (
      <LinkButton
        size="xs"
        color="red"
        to="/inboxes/$inboxId"
        params={params}
        search={{ reconnect: true }}
      >
        {t`Reconnect`}
      </LinkButton>
    )
  }
  return (
    <Text size="sm" c="var(--muted)">
      {inbox.shown.advice}
    </Text>
  )
}
