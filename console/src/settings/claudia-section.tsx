// Where ClaudIA hears of messages, and what proves that it is us.
import { useLingui } from '@lingui/react/macro'
import { Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, at, dataOf } from '../api/client.ts'
import { agentsQuery, botsQuery } from '../api/queries.ts'
import type { Agent, Bot } from '../api/shapes.ts'
import { FailureNote } from '../shell/failure-note.tsx'
import { Loading, Nothing } from '../shell/page.tsx'
import { tell } from '../shell/tell.tsx'
import { ShownOnce } from './shown-once.tsx'

export function ClaudiaSection() {
  const { t } = useLingui()
  const agents = useQuery(agentsQuery)
  const bots = useQuery(botsQuery)
  if (agents.data === undefined || bots.data === undefined) return <Loading />
  const claudia = agents.data.find(({ is_claudia }) => is_claudia)
  if (claudia === undefined) return <Nothing title={t`This account has no ClaudIA`} />
  return <EndpointForm claudia={claudia} bot={bots.data.find(({ id }) => id === claudia.id)} />
}

function EndpointForm({ claudia, bot }: { claudia: Agent; bot: Bot | undefined }) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const [endpoint, setEndpoint] = useState(bot?.endpoint ?? '')
  const [secret, setSecret] = useState('')
  const save = useMutation({
    meta: { shown: true },
    mutationFn: () =>
      dataOf(
        api.PUT('/api/v1/accounts/{account_id}/bots/{id}', {
          params: at(claudia.id),
          body: { endpoint, ...(secret === '' ? {} : { secret }) },
        }),
      ),
    async onSuccess() {
      setSecret('')
      tell(t`Saved.`)
      await queries.invalidateQueries({ queryKey: botsQuery.queryKey })
    },
  })
  return (
    <Stack
      component="form"
      maw={600}
      align="stretch"
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <Text>
        {t`Every message that ClaudIA is asked about is posted to this address, signed. She answers through the API with a key of her own.`}
      </Text>
      <FailureNote error={save.error} />
      {save.data?.secret && <ShownOnce title={t`The secret`} value={save.data.secret} />}
      <TextInput
        label={t`Address`}
        type="url"
        placeholder="https://"
        required
        value={endpoint}
        onChange={(event) => setEndpoint(event.currentTarget.value)}
      />
      <PasswordInput
        label={t`Secret`}
        description={
          bot === undefined
            ? t`Empty: one is made and shown once.`
            : t`Empty: the stored one stays.`
        }
        autoComplete="off"
        minLength={16}
        value={secret}
        onChange={(event) => setSecret(event.currentTarget.value)}
      />
      <Button type="submit" loading={save.isPending} style={{ alignSelf: 'flex-start' }}>
        {t`Save`}
      </Button>
    </Stack>
  )
}
