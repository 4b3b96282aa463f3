// Reconnecting keeps the inbox, its agents, rules and history: only the credentials are new.
import { useLingui } from '@lingui/react/macro'
import { Button, Group, Modal, PasswordInput, Stack, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { api, at, dataOf } from '../api/client.ts'
import { popupQuery } from '../api/queries.ts'
import type { Inbox } from '../api/shapes.ts'
import { FailureNote } from '../shell/failure-note.tsx'
import { LinkButton } from '../shell/links.tsx'
import { tell } from '../shell/tell.tsx'
import { useInboxKeeper } from './inbox-verbs.ts'
import { SignInLink } from './sign-in-link.tsx'

const SIGN_IN = ['google', 'microsoft', 'instagram']
/** Of which channels a new secret is taken here, under which name. */
type Secret = 'password' | 'auth_token' | 'access_token'
const SECRETS: Record<string, Secret> = {
  email: 'password',
  whatsapp_twilio: 'auth_token',
  whatsapp_cloud: 'access_token',
}

export function ReconnectDialog({ inbox, onClose }: { inbox: Inbox; onClose: () => void }) {
  const { t } = useLingui()
  const { data: popup } = useQuery({ ...popupQuery, enabled: usesPhone(inbox) })
  const byPhone = usesPhone(inbox) && Boolean(popup)
  return (
    <Modal
      opened
      onClose={onClose}
      title={t`Reconnect ${inbox.name}`}
      closeButtonProps={{ 'aria-label': t`Close` }}
    >
      <Stack>
        <Reasons inbox={inbox} />
        {byPhone && (
          <LinkButton to="/inboxes/$inboxId/whatsapp" params={{ inboxId: inbox.id }}>
            {t`Reconnect with the phone`}
          </LinkButton>
        )}
        {SIGN_IN.includes(inbox.channel) ? (
          <SignInAgain inbox={inbox} onClose={onClose} />
        ) : (
          <SecretForm
            inbox={inbox}
            name={byPhone ? undefined : SECRETS[inbox.channel]}
            onClose={onClose}
          />
        )}
      </Stack>
    </Modal>
  )
}

/** The number is also its phone's. */
const usesPhone = ({ channel, settings }: Inbox) =>
  channel === 'whatsapp_cloud' && settings.coexistence === true

function Reasons({ inbox }: { inbox: Inbox }) {
  const { t } = useLingui()
  const { receive, send } = inbox.health
  const fault = receive.status === 'ok' ? send : receive
  return (
    <>
      {fault.message !== null && <Text>{fault.message}</Text>}
      {fault.remedy !== null && <Text>{fault.remedy}</Text>}
      <Text size="sm">
        {t`The inbox stays as it is: conversations, agents and rules. What came meanwhile is fetched, and answers that wait go out.`}
      </Text>
    </>
  )
}

/** Another account than the inbox's is refused there, and the old sign-in stays. */
function SignInAgain({ inbox, onClose }: { inbox: Inbox; onClose: () => void }) {
  const { t } = useLingui()
  const isWell = inbox.health.receive.status === 'ok' && inbox.health.send.status === 'ok'
  const wasWell = useRef(isWell)
  useEffect(() => {
    if (!isWell || wasWell.current) return
    wasWell.current = true
    tell(t`${inbox.name} is connected again.`)
    onClose()
  }, [isWell, inbox.name, onClose, t])
  const begin = useMutation({
    meta: { shown: true },
    mutationFn: () =>
      dataOf(
        api.POST('/api/v1/accounts/{account_id}/inboxes/{id}/authorize', {
          params: at(inbox.id),
          body: null,
        }),
      ),
  })
  const link = begin.data?.authorization
  const { channel, address } = inbox
  const isPage = channel === 'instagram'
  if (link) {
    return <SignInLink channel={channel} url={link.url} {...(isPage ? {} : { address })} />
  }
  return (
    <>
      {isPage && <Text>{t`At Facebook tick the page of this inbox, ${address}, again.`}</Text>}
      <FailureNote error={begin.error} />
      <Button loading={begin.isPending} onClick={() => begin.mutate()}>{t`Sign in again`}</Button>
    </>
  )
}

/** @param props.name the secret that is taken; undefined: only what is stored is tried again */
function SecretForm(props: { inbox: Inbox; name: Secret | undefined; onClose: () => void }) {
  const { t } = useLingui()
  const { inbox, name, onClose } = props
  const keep = useInboxKeeper()
  const [secret, setSecret] = useState('')
  const reconnect = useMutation({
    meta: { shown: true },
    mutationFn: () =>
      dataOf(
        api.POST('/api/v1/accounts/{account_id}/inboxes/{id}/reconnect', {
          params: at(inbox.id),
          body: name === undefined || secret === '' ? {} : { [name]: secret },
        }),
      ),
    onSuccess(now) {
      keep(now)
      tell(t`${now.name} is connected again.`)
      onClose()
    },
  })
  return (
    <Stack
      component="form"
      onSubmit={(event) => {
        event.preventDefault()
        reconnect.mutate()
      }}
    >
      <FailureNote error={reconnect.error} />
      {name !== undefined && (
        <PasswordInput
          data-autofocus
          label={
            {
              password: t`New password of ${inbox.address}`,
              auth_token: t`New Auth Token of ${inbox.address}`,
              access_token: t`New access token of ${inbox.address}`,
            }[name]
          }
          description={
            name === 'password'
              ? t`With two-factor authentication: the app password. Leave it empty to check again with the stored one.`
              : t`Leave it empty to check again with the stored one.`
          }
          autoComplete="off"
          value={secret}
          onChange={(event) => setSecret(event.currentTarget.value)}
        />
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>{t`Cancel`}</Button>
        <Button type="submit" loading={reconnect.isPending}>
          {secret === '' ? t`Check again` : t`Reconnect`}
        </Button>
      </Group>
    </Stack>
  )
}
