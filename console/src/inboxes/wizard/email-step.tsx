// A mailbox of any provider: what to prepare, its servers found by the address, each tested alone.
import { useLingui } from '@lingui/react/macro'
import { Alert, Button, Group, List, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { api, dataOf, here } from '../../api/client.ts'
import type { Discovery } from '../../api/shapes.ts'
import { FailureNote } from '../../shell/failure-note.tsx'
import { ServerFields } from '../server-fields.tsx'
import { ServerTest } from '../server-test.tsx'
import type { InboxDraft } from './inbox-draft.ts'
import { StepForm, type StepProps } from './step-form.tsx'

export function EmailStep(props: StepProps) {
  const { t } = useLingui()
  const { draft, onChange } = props
  const change = (part: Partial<InboxDraft>) => onChange({ ...draft, ...part })
  const discover = useMutation({
    meta: { shown: true },
    mutationFn: () =>
      dataOf(
        api.POST('/api/v1/accounts/{account_id}/inboxes/discover', {
          params: here(),
          body: { address: draft.address },
        }),
      ),
    onSuccess: ({ candidates: [first] }) => first && onChange(filled(draft, first)),
  })
  return (
    <StepForm {...props} prepare={<Prepare />}>
      <Group align="flex-end">
        <TextInput
          label={t`E-mail address`}
          type="email"
          required
          style={{ flexGrow: 1 }}
          value={draft.address}
          onChange={(event) => change({ address: event.currentTarget.value.trim() })}
        />
        <Button
          variant="default"
          disabled={!draft.address.includes('@')}
          loading={discover.isPending}
          onClick={() => discover.mutate()}
        >
          {t`Find the servers`}
        </Button>
      </Group>
      <div aria-live="polite">
        <FailureNote error={discover.error} />
        {discover.data && <Found found={discover.data} />}
      </div>
      <ServerFields kind="imap" value={draft.imap} onChange={(imap) => change({ imap })}>
        <ServerTest kind="imap" address={draft.address} form={draft.imap} />
      </ServerFields>
      <ServerFields kind="smtp" value={draft.smtp} onChange={(smtp) => change({ smtp })}>
        <ServerTest kind="smtp" address={draft.address} form={draft.smtp} />
      </ServerFields>
    </StepForm>
  )
}

function Prepare() {
  const { t } = useLingui()
  return (
    <List size="sm">
      <List.Item>
        {t`The mailbox of a user, with login and password. A group or distribution list cannot log in.`}
      </List.Item>
      <List.Item>{t`IMAP switched on in the settings of the mailbox.`}</List.Item>
      <List.Item>
        {t`With two-factor authentication: an app password, for IMAP and for SMTP, in place of the password.`}
      </List.Item>
      <List.Item>
        {t`ClaudIA never answers imported mail: she waits until the history is complete.`}
      </List.Item>
    </List>
  )
}

function Found({ found }: { found: Discovery }) {
  const { t } = useLingui()
  const [first] = found.candidates
  return (
    <Alert color={first ? 'green' : 'yellow'}>
      <Text size="sm">
        {first
          ? t`Found: ${first.provider ?? first.imap?.host ?? ''}. Please check the fields below.`
          : t`No servers were found for this address. Ask your provider for them.`}
      </Text>
      {found.sign_in === 'google' && (
        <Text size="sm">{t`This is a Google address: signing in with Google will serve it better.`}</Text>
      )}
      {found.sign_in === 'microsoft' && (
        <Text size="sm">
          {t`This is a Microsoft address: signing in with Microsoft will serve it better.`}
        </Text>
      )}
      {first?.advice.map(({ code, message, remedy }) => (
        <Text key={code} size="sm">
          {message} {remedy}
        </Text>
      ))}
    </Alert>
  )
}

function filled(draft: InboxDraft, { imap, smtp }: Discovery['candidates'][number]): InboxDraft {
  return {
    ...draft,
    ...(imap ? { imap: { ...draft.imap, ...imap, enabled: true } } : {}),
    ...(smtp ? { smtp: { ...draft.smtp, ...smtp, enabled: true } } : {}),
  }
}
