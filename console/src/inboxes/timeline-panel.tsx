// What happened to an inbox, newest first, with the provider's own words.
import { useLingui } from '@lingui/react/macro'
import { Code, Text, Timeline } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { agentsQuery, timelineQuery } from '../api/queries.ts'
import type { Inbox, TimelineEntry } from '../api/shapes.ts'
import { MoreButton } from '../shell/more-button.tsx'
import { Loading, Nothing } from '../shell/page.tsx'
import { PageFailure } from '../shell/page-failure.tsx'
import { At } from '../shell/when.tsx'

export function TimelinePanel({ inbox }: { inbox: Inbox }) {
  const { t } = useLingui()
  const entries = useInfiniteQuery(timelineQuery(inbox.id))
  const { data: agents = [] } = useQuery(agentsQuery)
  const words = useTimelineWords()
  if (entries.isPending) return <Loading />
  if (entries.isError) return <PageFailure error={entries.error} retry={entries.refetch} />
  const all = entries.data.pages.flatMap(({ data }) => data)
  if (all.length === 0) return <Nothing title={t`Nothing has happened yet`} />
  const nameOf = (id: number | null) => agents.find((agent) => agent.id === id)?.name
  return (
    <>
      <Timeline bulletSize={16} lineWidth={2}>
        {all.map((entry) => (
          <Timeline.Item key={entry.id} title={words(entry)}>
            <Text size="sm" c="var(--muted)">
              <At time={entry.created_at} />
              {entry.actor_user_id !== null && ` · ${nameOf(entry.actor_user_id) ?? ''}`}
            </Text>
            {typeof entry.data.evidence === 'string' && <Code block>{entry.data.evidence}</Code>}
          </Timeline.Item>
        ))}
      </Timeline>
      <MoreButton query={entries} />
    </>
  )
}

/** Kinds that this console does not know yet are shown by their name. */
function useTimelineWords(): (entry: TimelineEntry) => string {
  const { t } = useLingui()
  return ({ kind, data }) => {
    const words: Record<string, string> = {
      inbox_created: t`The inbox was made`,
      connected: t`Connected: the provider accepted the credentials`,
      reconnected: t`Reconnected`,
      disconnected: t`Disconnected`,
      wrong_account: wrongAccountWords(data),
      access_withdrawn: t`Access was taken back at the provider`,
      paused: t`Paused`,
      resumed: t`Resumed`,
      health_changed: healthWords(data),
      import_completed: t`The import is complete`,
      share_asked: t`The phone was asked for its contacts or its history`,
      share_refused: t`The phone does not share its contacts or its history`,
      claudia_held: t`ClaudIA waits for the import`,
      claudia_released: t`ClaudIA began`,
      default_rules_joined: t`Joined the account’s default rules; ClaudIA became a member`,
      certificate_check_ended: t`The certificate check was switched off`,
      files_waiting: t`Files wait in the mailbox`,
      contact_erased: t`A contact was erased`,
      conversations_expired: t`Old conversations were deleted`,
      inbox_erased: t`The inbox was erased`,
      notice_failed: t`A notice could not be delivered`,
    }
    return words[kind] ?? kind.replaceAll('_', ' ')
  }

  function wrongAccountWords({ signed_in_as: other }: Record<string, unknown>): string {
    return t`A sign-in for something else was refused: ${String(other)}`
  }

  function healthWords({ direction, status, reason }: Record<string, unknown>): string {
    const why = typeof reason === 'string' ? ` (${reason})` : ''
    if (status === 'ok')
      return direction === 'send' ? t`Sending works again` : t`Receiving works again`
    return direction === 'send' ? t`Sending failed${why}` : t`Receiving failed${why}`
  }
}
