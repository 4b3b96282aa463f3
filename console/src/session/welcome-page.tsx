// Where an invitation leads: the first password, or a new one.
import { useLingui } from '@lingui/react/macro'
import { Button, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api, dataOf } from '../api/client.ts'
import { sessionQuery } from '../api/queries.ts'
import { FailureNote } from '../shell/failure-note.tsx'
import { DoorPage } from './door-page.tsx'
import { NewPassword } from './new-password.tsx'

export function WelcomePage() {
  const { t } = useLingui()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [token] = useState(() => location.hash.slice(1))
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const enter = useMutation({
    meta: { shown: true },
    mutationFn: () =>
      dataOf(
        api.POST('/api/v1/session/invitation', {
          body: { token, password, ...(name ? { name } : {}), ...(email ? { email } : {}) },
        }),
      ),
    async onSuccess(session) {
      queries.setQueryData(sessionQuery.queryKey, session)
      await navigate({ to: '/inboxes', replace: true })
    },
  })
  return (
    <DoorPage title={t`Welcome to Cloud Chat`} onSubmit={enter.mutate}>
      <FailureNote error={enter.error} />
      <TextInput
        label={t`Your name`}
        description={t`Leave it empty to keep what the administrator wrote.`}
        autoComplete="name"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        label={t`Your e-mail`}
        description={t`You log in with it. Leave it empty to keep the one you were invited with.`}
        type="email"
        autoComplete="username"
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <NewPassword value={password} onChange={setPassword} />
      <Button type="submit" loading={enter.isPending}>{t`Set the password and log in`}</Button>
    </DoorPage>
  )
}
