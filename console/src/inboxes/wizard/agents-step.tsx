// Who works in the new inbox, how much history comes in, and what ClaudIA does afterwards.
import { useLingui } from '@lingui/react/macro'
import { Button, Group, NumberInput, Radio, Stack, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { agentsQuery, inboxesQuery, popupQuery } from '../../api/queries.ts'
import { useSession } from '../../session/use-session.ts'
import { FailureNote } from '../../shell/failure-note.tsx'
import { AgentChoice } from '../agent-choice.tsx'
import { useMetaPopup } from '../meta-popup.ts'
import { connectInbox, type Made } from './connect-inbox.ts'
import type { InboxDraft } from './inbox-draft.ts'

export function AgentsStep(props: {
  draft: InboxDraft
  onBack: () => void
  onDone: (made: Made) => void
}) {
  const { t } = useLingui()
  const { draft, onBack, onDone } = props
  const queries = useQueryClient()
  const { user } = useSession()
  const { data: agents = [] } = useQuery(agentsQuery)
  const [chosen, setChosen] = useState([String(user.id)])
  const [history, setHistory] = useState('all')
  const [days, setDays] = useState<number | string>(90)
  const [claudia, setClaudia] = useState<'release' | 'keep_off'>('release')
  // The same for every try of this form, so that it never becomes two inboxes.
  const [key] = useState(() => crypto.randomUUID())
  const isCloud = draft.channel === 'whatsapp_cloud'
  const { data: popup } = useQuery({ ...popupQuery, enabled: isCloud })
  const signsUp = isCloud && draft.signsUp && popup !== null
  const meta = useMetaPopup(signsUp)
  const connect = useMutation({
    meta: { shown: true },
    mutationFn: async () =>
      connectInbox(
        draft,
        {
          agentIds: chosen.map(Number),
          days: history === 'all' ? null : Number(days),
          claudiaAfterImport: claudia,
        },
        key,
        signsUp ? await meta.open() : null,
      ),
    async onSuccess(made) {
      await queries.invalidateQueries({ queryKey: inboxesQuery.queryKey, exact: true })
      onDone(made)
    },
  })
  const byMail = draft.channel === 'google' || draft.channel === 'microsoft'
  const hasMails = byMail || (draft.channel === 'email' && draft.imap.enabled)
  return (
    <Stack
      component="form"
      mt="md"
      align="stretch"
      onSubmit={(event) => {
        event.preventDefault()
        connect.mutate()
      }}
    >
      <AgentChoice
        agents={agents.filter(({ is_claudia }) => !is_claudia)}
        chosen={chosen}
        onChange={setChosen}
      />
      {hasMails && (
        <>
          <Radio.Group label={t`History`} value={history} onChange={setHistory}>
            <Stack gap="xs" mt="xs">
              <Radio value="all" label={t`All mail of the inbox`} />
              <Radio value="days" label={t`Only the last days`} />
            </Stack>
          </Radio.Group>
          {history === 'days' && (
            <NumberInput
              label={t`Days`}
              min={1}
              max={36_500}
              allowDecimal={false}
              value={days}
              onChange={setDays}
            />
          )}
        </>
      )}
      {(hasMails || signsUp) && (
        <Radio.Group
          label={t`ClaudIA after the import`}
          description={t`While history comes in she always waits.`}
          value={claudia}
          onChange={(value) => setClaudia(value as 'release')}
        >
          <Stack gap="xs" mt="xs">
            <Radio value="release" label={t`Answers new messages`} />
            <Radio value="keep_off" label={t`Stays off until somebody switches her on`} />
          </Stack>
        </Radio.Group>
      )}
      {signsUp && (
        <Text size="sm">{t`“Connect” opens Meta’s window. It asks who you are and shows a code for the phone.`}</Text>
      )}
      <FailureNote error={connect.error ?? meta.failure} />
      <Group justify="space-between">
        <Button variant="default" onClick={onBack}>{t`Back`}</Button>
        <Button
          type="submit"
          loading={connect.isPending}
          disabled={signsUp && !meta.isReady}
        >{t`Connect`}</Button>
      </Group>
    </Stack>
  )
}
