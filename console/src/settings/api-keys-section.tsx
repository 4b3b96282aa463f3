// Keys for programs: made, shown once, revoked at once.
import { useLingui } from '@lingui/react/macro'
import { Button, Code, Group, Select, Stack, Table, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, at, dataOf, here } from '../api/client.ts'
import { agentsQuery, apiKeysQuery } from '../api/queries.ts'
import type { ApiKey } from '../api/shapes.ts'
import { FailureNote } from '../shell/failure-note.tsx'
import { Loading } from '../shell/page.tsx'
import { At } from '../shell/when.tsx'
import { ConfirmButton } from './confirm-button.tsx'
import { ShownOnce } from './shown-once.tsx'

const A = '/api/v1/accounts/{account_id}/api_keys'

export function ApiKeysSection() {
  const { t } = useLingui()
  const keys = useQuery(apiKeysQuery)
  if (keys.data === undefined) return <Loading />
  const living = keys.data.filter(({ revoked_at }) => revoked_at === null)
  return (
    <Stack align="stretch">
      <NewKey />
      <Table.ScrollContainer minWidth={600}>
        <Table verticalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t`Name`}</Table.Th>
              <Table.Th>{t`Begins with`}</Table.Th>
              <Table.Th>{t`Role`}</Table.Th>
              <Table.Th>{t`Made`}</Table.Th>
              <Table.Th>{t`Actions`}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {living.map((key) => (
              <Row key={key.id} apiKey={key} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  )
}

function useKeyRoles(): Record<ApiKey['role'], string> {
  const { t } = useLingui()
  return { administrator: t`Administrator`, agent: t`Agent`, bot: 'ClaudIA' }
}

function NewKey() {
  const { t } = useLingui()
  const queries = useQueryClient()
  const roles = useKeyRoles()
  const { data: agents = [] } = useQuery(agentsQuery)
  const [name, setName] = useState('')
  const [role, setRole] = useState<ApiKey['role']>('administrator')
  const claudia = agents.find(({ is_claudia }) => is_claudia)
  const add = useMutation({
    meta: { shown: true },
    mutationFn: () => {
      // A bot's key speaks for the bot; every other for whoever makes it.
      const user = role === 'bot' && claudia !== undefined ? { user_id: claudia.id } : {}
      return dataOf(api.POST(A, { params: here(), body: { name, role, ...user } }))
    },
    async onSuccess() {
      setName('')
      await queries.invalidateQueries({ queryKey: apiKeysQuery.queryKey })
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        add.mutate()
      }}
    >
      <Stack>
        <FailureNote error={add.error} />
        <Group align="flex-end">
          <TextInput
            label={t`What it is for`}
            required
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Select
            label={t`Role`}
            allowDeselect={false}
            data={Object.entries(roles).map(([value, label]) => ({ value, label }))}
            value={role}
            onChange={(value) => setRole(value as ApiKey['role'])}
          />
          <Button type="submit" loading={add.isPending}>{t`Make a key`}</Button>
        </Group>
        {add.data && <ShownOnce title={t`The new key`} value={add.data.key} />}
      </Stack>
    </form>
  )
}

function Row({ apiKey }: { apiKey: ApiKey }) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const roles = useKeyRoles()
  const revoke = useMutation({
    mutationFn: () => api.DELETE(`${A}/{id}`, { params: at(apiKey.id) }),
    onSuccess: () => queries.invalidateQueries({ queryKey: apiKeysQuery.queryKey }),
  })
  return (
    <Table.Tr>
      <Table.Td>{apiKey.name}</Table.Td>
      <Table.Td>
        <Code>{apiKey.prefix}…</Code>
      </Table.Td>
      <Table.Td>{roles[apiKey.role]}</Table.Td>
      <Table.Td>
        <At time={apiKey.created_at} />
      </Table.Td>
      <Table.Td>
        <ConfirmButton
          label={t`Revoke`}
          question={t`Revoke ${apiKey.name}? Programs that use it are refused from now on.`}
          loading={revoke.isPending}
          onConfirm={() => revoke.mutate()}
        />
      </Table.Td>
    </Table.Tr>
  )
}
