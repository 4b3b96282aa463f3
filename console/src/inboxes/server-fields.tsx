// One server of a mailbox, for receiving or for sending, as a form.
import { useLingui } from '@lingui/react/macro'
import {
  Fieldset,
  NumberInput,
  PasswordInput,
  Select,
  SimpleGrid,
  Switch,
  TextInput,
} from '@mantine/core'
import type { ReactNode } from 'react'

export interface ServerForm {
  enabled: boolean
  host: string
  port: number | ''
  login: string
  password: string
  encryption: 'tls' | 'starttls' | 'none'
  /** Sending only. */
  domain: string
  certificate: 'peer' | 'none'
  authentication: 'login' | 'plain' | 'cram_md5'
}

export const EMPTY_IMAP: ServerForm = {
  enabled: true,
  host: '',
  port: 993,
  login: '',
  password: '',
  encryption: 'tls',
  domain: '',
  certificate: 'none',
  authentication: 'login',
}
export const EMPTY_SMTP: ServerForm = { ...EMPTY_IMAP, port: 587, encryption: 'starttls' }

const PORTS = {
  imap: { tls: 993, starttls: 143, none: 143 },
  smtp: { tls: 465, starttls: 587, none: 25 },
} as const

/** What the API takes of it; null switches the direction off. */
export function serverBody(kind: 'imap' | 'smtp', form: ServerForm) {
  if (!form.enabled) return null
  const { host, port, login, password, encryption } = form
  const { domain, certificate, authentication } = form
  return {
    host,
    login,
    encryption,
    ...(port === '' ? {} : { port }),
    ...(password === '' ? {} : { password }),
    ...(kind === 'imap'
      ? {}
      : { certificate, authentication, ...(domain === '' ? {} : { domain }) }),
  }
}

/** @param children what stands at its end, such as its test */
export function ServerFields(props: {
  kind: 'imap' | 'smtp'
  value: ServerForm
  onChange: (value: ServerForm) => void
  passwordHint?: string
  children?: ReactNode
}) {
  const { t } = useLingui()
  const { kind, value, onChange, passwordHint, children } = props
  const change = (part: Partial<ServerForm>) => onChange({ ...value, ...part })
  const switchLabel = kind === 'imap' ? t`Receive by IMAP` : t`Send by SMTP`
  return (
    <Fieldset legend={kind === 'imap' ? 'IMAP' : 'SMTP'}>
      <Switch
        label={switchLabel}
        checked={value.enabled}
        onChange={(event) => change({ enabled: event.currentTarget.checked })}
      />
      {value.enabled && (
        <>
          <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="md" mt="sm">
            <TextInput
              label={t`Address of the server`}
              placeholder={kind === 'imap' ? 'imap.example.com' : 'smtp.example.com'}
              required
              value={value.host}
              onChange={(event) => change({ host: event.currentTarget.value.trim() })}
            />
            <NumberInput
              label={t`Port`}
              min={1}
              max={65_535}
              allowDecimal={false}
              hideControls
              value={value.port}
              onChange={(port) => change({ port: typeof port === 'number' ? port : '' })}
            />
            <Select
              label={t`Encryption`}
              allowDeselect={false}
              data={[
                { value: 'tls', label: 'TLS' },
                { value: 'starttls', label: 'STARTTLS' },
                { value: 'none', label: t`None` },
              ]}
              value={value.encryption}
              onChange={(next) => {
                const encryption = next as ServerForm['encryption']
                change({ encryption, port: PORTS[kind][encryption] })
              }}
            />
          </SimpleGrid>
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md" mt="sm">
            <TextInput
              label={t`Login`}
              autoComplete="off"
              required
              value={value.login}
              onChange={(event) => change({ login: event.currentTarget.value })}
            />
            <PasswordInput
              label={t`Password`}
              description={passwordHint}
              autoComplete="off"
              value={value.password}
              onChange={(event) => change({ password: event.currentTarget.value })}
            />
          </SimpleGrid>
          {kind === 'smtp' && (
            <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="md" mt="sm">
              <TextInput
                label={t`Domain`}
                placeholder={value.host}
                value={value.domain}
                onChange={(event) => change({ domain: event.currentTarget.value.trim() })}
              />
              <Select
                label={t`Certificate check`}
                allowDeselect={false}
                data={[
                  { value: 'none', label: t`None` },
                  { value: 'peer', label: t`Verified (peer)` },
                ]}
                value={value.certificate}
                onChange={(next) => change({ certificate: next as ServerForm['certificate'] })}
              />
              <Select
                label={t`Authentication`}
                allowDeselect={false}
                data={['login', 'plain', 'cram_md5']}
                value={value.authentication}
                onChange={(next) => change({ authentication: next as 'login' })}
              />
            </SimpleGrid>
          )}
          {children}
        </>
      )}
    </Fieldset>
  )
}
