// Teams and who is in them.
import { useLingui } from '@lingui/react/macro'
import { Button, Card, Group, MultiSelect, Stack, TextInput, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, at, dataOf, here } from '../api/client.ts'
import { agentsQuery, teamMembersQuery, teamsQuery } from '../api/queries.ts'
import type { Team } from '../api/shapes.ts'
import { FailureNote } from '../shell/failure-note.tsx'
import { Loading, Nothing } from '../shell/page.tsx'
import { ConfirmButton } from './confirm-button.tsx'

const A = '/api/v1/accounts/{account_id}/teams'

export function TeamsSection() {
  const { t } = useLingui()
  const queries = useQueryClient()
  const teams = useQuery(teamsQuery)
  const [name, setName] = useState('')
  const add = useMutation({
    meta: { shown: true },
    mutationFn: () => dataOf(api.POST(A, { params: here(), body: { name } })),
    async onSuccess() {
      setName('')
      await queries.invalidateQueries({ queryKey: teamsQuery.queryKey })
    },
  })
  if (teams.data === undefined) return <Loading />
  return (
    <Stack align="stretch" maw={700}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          add.mutate()
        }}
      >
        <FailureNote error={add.error} />
        <Group align="flex-end">
          <TextInput
            label={t`Name of the team`}
            required
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" loading={add.isPending}>{t`Add team`}</Button>
        </Group>
      </form>
      {teams.data.length === 0 && (
        <Nothing
          title={t`No team yet`}
        >{t`Rules and people can hand conversations to teams.`}</Nothing>
      )}
      {teams.data.map((team) => (
        <TeamCard key={team.id} team={team} />
      ))}
    </Stack>
  )
}

function TeamCard({ team }: { team: Team }) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const { data: agents = [] } = useQuery(agentsQuery)
  const { data: members = [] } = useQuery(teamMembersQuery(team.id))
  const onSuccess = () => queries.invalidateQueries({ queryKey: teamsQuery.queryKey })
  const change = useMutation({
    mutationFn: (ids: string[]) =>
      dataOf(
        api.PUT(`${A}/{id}/members`, {
          params: at(team.id),
          body: { agent_ids: ids.map(Number) },
        }),
      ),
    onSuccess,
  })
  const remove = useMutation({
    mutationFn: () => api.DELETE(`${A}/{id}`, { params: at(team.id) }),
    onSuccess,
  })
  return (
    <Card withBorder>
      <Group justify="space-between">
        <Title order={2} size="h4">
          {team.name}
        </Title>
        <ConfirmButton
          label={t`Delete`}
          question={t`Delete the team ${team.name}? Its conversations stay, without a team.`}
          loading={remove.isPending}
          onConfirm={() => remove.mutate()}
        />
      </Group>
      <MultiSelect
        mt="sm"
        label={t`Members`}
        searchable
        disabled={change.isPending}
        value={members.map(({ id }) => String(id))}
        data={agents
          .filter(({ role }) => role !== 'bot')
          .map(({ id, name }) => ({ value: String(id), label: name }))}
        onChange={(ids) => change.mutate(ids)}
      />
    </Card>
  )
}
