// The people of the account: invited by a link, made administrators, removed.
import { useLingui } from '@lingui/react/macro'
import { Button, Group, Select, Stack, Table, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, at, dataOf, here } from '../api/client.ts'
import { agentsQuery } from '../api/queries.ts'
import type { Agent } from '../api/shapes.ts'
import { useSession } from '../session/use-session.ts'
import { FailureNote } from '../shell/failure-note.tsx'
import { Loading } from '../shell/page.tsx'
import { ConfirmButton } from './confirm-button.tsx'
import { ShownOnce } from './shown-once.tsx'

const A = '/api/v1/accounts/{account_id}/agents'
type Role = 'administrator' | 'agent'

export function AgentsSection() {
  const { t } = useLingui()
  const agents = useQuery(agentsQuery)
  const [link, setLink] = useState<{ name: string; url: string }>()
  if (agents.data === undefined) return <Loading />
  const people = agents.data.filter(({ role }) => role !== 'bot')
  return (
    <Stack align="stretch">
      <NewAgent onInvited={setLink} />
      {link && (
        <ShownOnce title={t`Give ${link.name} this link to set a password`} value={link.url} />
      )}
      <Table.ScrollContainer minWidth={600}>
        <Table verticalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t`Name`}</Table.Th>
              <Table.Th>{t`E-mail`}</Table.Th>
              <Table.Th>{t`Role`}</Table.Th>
              <Table.Th>{t`Actions`}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {people.map((agent) => (
              <Row key={agent.id} agent={agent} onInvited={setLink} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  )
}

function useRoleOptions() {
  const { t } = useLingui()
  return [
    { value: 'agent', label: t`Agent` },
    { value: 'administrator', label: t`Administrator` },
  ]
}

async function invite(id: number): Promise<string> {
  const { url } = await dataOf(api.POST(`${A}/{id}/invitation`, { params: at(id) }))
  return url
}

function NewAgent({ onInvited }: { onInvited: (link: { name: string; url: string }) => void }) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const roles = useRoleOptions()
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<Role>('agent')
  const add = useMutation({
    meta: { shown: true },
    async mutationFn() {
      const agent = await dataOf(api.POST(A, { params: here(), body: { name, email, role } }))
      return { name: agent.name, url: await invite(agent.id) }
    },
    async onSuccess(link) {
      onInvited(link)
      setName('')
      setEmail('')
      await queries.invalidateQueries({ queryKey: agentsQuery.queryKey })
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        add.mutate()
      }}
    >
      <FailureNote error={add.error} />
      <Group align="flex-end">
        <TextInput
          label={t`Name`}
          required
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label={t`E-mail`}
          type="email"
          required
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <Select
          label={t`Role`}
          allowDeselect={false}
          data={roles}
          value={role}
          onChange={(value) => setRole(value as Role)}
        />
        <Button type="submit" loading={add.isPending}>{t`Add agent`}</Button>
      </Group>
    </form>
  )
}

function Row(props: { agent: Agent; onInvited: (link: { name: string; url: string }) => void }) {
  const { t } = useLingui()
  const { agent, onInvited } = props
  const { user } = useSession()
  const queries = useQueryClient()
  const roles = useRoleOptions()
  const onSuccess = () => queries.invalidateQueries({ queryKey: agentsQuery.queryKey })
  const link = useMutation({
    mutationFn: () => invite(agent.id),
    onSuccess: (url) => onInvited({ name: agent.name, url }),
  })
  const change = useMutation({
    mutationFn: (role: Role) =>
      dataOf(api.PATCH(`${A}/{id}`, { params: at(agent.id), body: { role } })),
    onSuccess,
  })
  const remove = useMutation({
    mutationFn: () => api.DELETE(`${A}/{id}`, { params: at(agent.id) }),
    onSuccess,
  })
  return (
    <Table.Tr>
      <Table.Td>{agent.name}</Table.Td>
      <Table.Td>{agent.email}</Table.Td>
      <Table.Td>
        <Select
          aria-label={t`Role of ${agent.name}`}
          allowDeselect={false}
          data={roles}
          value={agent.role}
          onChange={(role) => change.mutate(role as Role)}
        />
      </Table.Td>
      <Table.Td>
        <Group gap="xs">
          <Button
            size="xs"
            variant="default"
            loading={link.isPending}
            onClick={() => link.mutate()}
          >
            {t`Password link`}
          </Button>
          {agent.id !== user.id && (
            <ConfirmButton
              label={t`Remove`}
              question={t`Remove ${agent.name}? Their keys and sessions end; what they wrote stays.`}
              loading={remove.isPending}
              onConfirm={() => remove.mutate()}
            />
          )}
        </Group>
      </Table.Td>
    </Table.Tr>
  )
}
