// Where the servers of a mailbox come from: found by its address, or chosen by its provider.
import { useLingui } from '@lingui/react/macro'
import { Alert, Select, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { emailProvidersQuery } from '../../api/queries.ts'
import type { Discovery, EmailProvider } from '../../api/shapes.ts'
import type { InboxDraft } from './inbox-draft.ts'

type Servers = Pick<Discovery['candidates'][number], 'imap' | 'smtp'>

export function withServers(draft: InboxDraft, { imap, smtp }: Servers): InboxDraft {
  return {
    ...draft,
    ...(imap ? { imap: { ...draft.imap, ...imap, enabled: true } } : {}),
    ...(smtp ? { smtp: { ...draft.smtp, ...smtp, enabled: true } } : {}),
  }
}

export function ProviderChoice(props: { address: string; onChoose: (servers: Servers) => void }) {
  const { t } = useLingui()
  const { address, onChoose } = props
  const { data: providers = [] } = useQuery(emailProvidersQuery)
  const [chosen, setChosen] = useState<string | null>(null)
  const provider = providers.find((one) => labelOf(one) === chosen)
  return (
    <Stack gap="xs">
      <Select
        label={t`Provider`}
        placeholder={t`Another one`}
        searchable
        clearable
        clearButtonProps={{ 'aria-label': t`Another one` }}
        limit={40}
        value={chosen}
        data={providers.map(labelOf)}
        onChange={(label) => {
          setChosen(label)
          const next = providers.find((one) => labelOf(one) === label)
          if (next) onChoose({ imap: filled(next.imap, address), smtp: filled(next.smtp, address) })
        }}
      />
      <div aria-live="polite">
        {provider && (provider.sign_in !== null || provider.advice.length > 0) && (
          <Alert color="blue">
            <Advice signIn={provider.sign_in} advice={provider.advice} />
          </Alert>
        )}
      </div>
    </Stack>
  )
}

/** Some providers have other servers for some of their customers. */
const labelOf = ({ name, imap }: EmailProvider) => `${name} (${imap.host})`

function filled({ login, ...server }: EmailProvider['imap'], address: string) {
  const local = address.slice(0, address.lastIndexOf('@'))
  return { ...server, login: login === 'local_part' && local !== '' ? local : address }
}

export function FoundServers({ found }: { found: Discovery }) {
  const { t } = useLingui()
  const [first] = found.candidates
  return (
    <Alert color={first ? 'green' : 'yellow'}>
      <Text size="sm">
        {first
          ? t`Found: ${first.provider ?? first.imap?.host ?? ''}. Please check the fields below.`
          : t`No servers were found for this address. Ask your provider for them.`}
      </Text>
      <Advice signIn={found.sign_in} advice={first?.advice ?? []} />
    </Alert>
  )
}

function Advice(props: {
  signIn: Discovery['sign_in']
  advice: Discovery['candidates'][number]['advice']
}) {
  const { t } = useLingui()
  const { signIn, advice } = props
  return (
    <>
      {signIn === 'google' && (
        <Text size="sm">{t`This is a Google address: signing in with Google will serve it better.`}</Text>
      )}
      {signIn === 'microsoft' && (
        <Text size="sm">
          {t`This is a Microsoft address: signing in with Microsoft will serve it better.`}
        </Text>
      )}
      {advice.map(({ code, message, remedy }) => (
        <Text key={code} size="sm">
          {message} {remedy}
        </Text>
      ))}
    </>
  )
}
