// A mailbox of any provider: what to prepare, its servers found by the address, each tested alone.
import { useLingui } from '@lingui/react/macro'
import { Button, Group, List, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { api, dataOf, here } from '../../api/client.ts'
import { FailureNote } from '../../shell/failure-note.tsx'
import { ServerFields } from '../server-fields.tsx'
import { ServerTest } from '../server-test.tsx'
import { FoundServers, ProviderChoice, withServers } from './email-servers.tsx'
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
    onSuccess: ({ candidates: [first] }) => first && onChange(withServers(draft, first)),
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
        {discover.data && <FoundServers found={discover.data} />}
      </div>
      <ProviderChoice
        address={draft.address}
        onChoose={(servers) => onChange(withServers(draft, servers))}
      />
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
