// Changing the own password.
import { useLingui } from '@lingui/react/macro'
import { Button, PasswordInput, Stack } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api, dataOf } from '../api/client.ts'
import { FailureNote } from '../shell/failure-note.tsx'
import { PageHead } from '../shell/page.tsx'
import { tell } from '../shell/tell.tsx'
import { NewPassword } from './new-password.tsx'

export function ProfilePage() {
  const { t } = useLingui()
  const [current, setCurrent] = useState('')
  const [password, setPassword] = useState('')
  const change = useMutation({
    meta: { shown: true },
    mutationFn: () =>
      dataOf(
        api.PUT('/api/v1/session/password', { body: { current_password: current, password } }),
      ),
    onSuccess() {
      setCurrent('')
      setPassword('')
      tell(t`The password is changed. Your other sessions have ended.`)
    },
  })
  return (
    <>
      <PageHead title={t`Change password`} />
      <Stack
        component="form"
        maw={420}
        onSubmit={(event) => {
          event.preventDefault()
          change.mutate()
        }}
      >
        <FailureNote error={change.error} />
        <PasswordInput
          label={t`Current password`}
          autoComplete="current-password"
          required
          value={current}
          onChange={(event) => setCurrent(event.currentTarget.value)}
        />
        <NewPassword value={password} onChange={setPassword} />
        <Button type="submit" loading={change.isPending}>{t`Change password`}</Button>
      </Stack>
    </>
  )
}
