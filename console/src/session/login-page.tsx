// The login, and where to get a password.
import { useLingui } from '@lingui/react/macro'
import { Button, PasswordInput, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { api, dataOf } from '../api/client.ts'
import { sessionQuery } from '../api/queries.ts'
import { FailureNote } from '../shell/failure-note.tsx'
import { DoorPage } from './door-page.tsx'

export function LoginPage() {
  const { t } = useLingui()
  const { to } = useSearch({ from: '/login' })
  const router = useRouter()
  const queries = useQueryClient()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const login = useMutation({
    meta: { shown: true },
    mutationFn: () => dataOf(api.POST('/api/v1/session', { body: { email, password } })),
    async onSuccess(session) {
      queries.setQueryData(sessionQuery.queryKey, session)
      router.history.push(to === undefined ? '/console/inboxes' : `/console${to}`)
    },
  })
  return (
    <DoorPage title={t`Log in`} onSubmit={login.mutate}>
      <FailureNote error={login.error} />
      <TextInput
        label={t`E-mail`}
        type="email"
        autoComplete="username"
        required
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <PasswordInput
        label={t`Password`}
        autoComplete="current-password"
        required
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <Button type="submit" loading={login.isPending}>{t`Log in`}</Button>
      <Text size="sm" c="var(--muted)">
        {t`For your first password open the link that an administrator gave you; the first administrator’s was printed when Cloud Chat was started for the first time.`}
      </Text>
    </DoorPage>
  )
}
