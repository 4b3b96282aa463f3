// Who works in an inbox. ClaudIA is one of them; whom a person removes stays removed.
import { useLingui } from '@lingui/react/macro'
import { Button, Stack } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, at, dataOf } from '../api/client.ts'
import { agentsQuery, inboxesQuery, membersQuery } from '../api/queries.ts'
import type { Agent, Inbox } from '../api/shapes.ts'
import { useSession } from '../session/use-session.ts'
import { Loading } from '../shell/page.tsx'
import { tell } from '../shell/tell.tsx'
import { AgentChoice } from './agent-choice.tsx'

export function AgentsPanel({ inbox }: { inbox: Inbox }) {
  const agents = useQuery(agentsQuery)
  const members = useQuery(membersQuery(inbox.id))
  if (agents.data === undefined || members.data === undefined) return <Loading />
  const ids = members.data.map(({ id }) => id)
  return <MembersForm key={ids.join()} inbox={inbox} agents={agents.data} members={ids} />
}

function MembersForm(props: { inbox: Inbox; agents: Agent[]; members: number[] }) {
  const { t } = useLingui()
  const { inbox, agents, members } = props
  const { isAdministrator } = useSession()
  const queries = useQueryClient()
  const [chosen, setChosen] = useState(members.map(String))
  const save = useMutation({
    mutationFn: () =>
      dataOf(
        api.PUT('/api/v1/accounts/{account_id}/inboxes/{id}/members', {
          params: at(inbox.id),
          body: { agent_ids: chosen.map(Number) },
        }),
      ),
    async onSuccess() {
      await queries.invalidateQueries({ queryKey: membersQuery(inbox.id).queryKey })
      await queries.invalidateQueries({ queryKey: inboxesQuery.queryKey, exact: true })
      tell(t`Saved.`)
    },
  })
  return (
    <Stack align="flex-start">
      <AgentChoice
        agents={isAdministrator ? agents : agents.filter(({ id }) => members.includes(id))}
        chosen={chosen}
        onChange={setChosen}
        readOnly={!isAdministrator}
      />
      {isAdministrator && (
        <Button loading={save.isPending} onClick={() => save.mutate()}>{t`Save`}</Button>
      )}
    </Stack>
  )
}
