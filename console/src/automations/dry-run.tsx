// What a rule would have done in a conversation of the past; nothing is done.
import { useLingui } from '@lingui/react/macro'
import { Badge, Button, Card, Group, List, NumberInput, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api, dataOf, here } from '../api/client.ts'
import { FailureNote } from '../shell/failure-note.tsx'
import { Nothing } from '../shell/page.tsx'
import { At } from '../shell/when.tsx'
import { bodyOf, type RuleDraft } from './rule-draft.ts'
import { useRuleWords, wordOf } from './rule-words.ts'

export function DryRun({ draft }: { draft: RuleDraft }) {
  const { t } = useLingui()
  const words = useRuleWords()
  const [conversation, setConversation] = useState<number | string>('')
  const run = useMutation({
    meta: { shown: true },
    mutationFn: () => {
      const { event, conditions, actions } = bodyOf(draft)
      const body = { conversation_id: Number(conversation), event, conditions, actions }
      return dataOf(
        api.POST('/api/v1/accounts/{account_id}/rules/dry_run', { params: here(), body }),
      )
    },
  })
  return (
    <Stack>
      <Group align="flex-end">
        <NumberInput
          label={t`Try it on a conversation`}
          description={t`The number at the end of its address. Nothing is done.`}
          min={1}
          allowDecimal={false}
          hideControls
          value={conversation}
          onChange={setConversation}
        />
        <Button
          variant="default"
          disabled={typeof conversation !== 'number'}
          loading={run.isPending}
          onClick={() => run.mutate()}
        >{t`Dry run`}</Button>
      </Group>
      <div aria-live="polite">
        <FailureNote error={run.error} />
        {run.data?.data.length === 0 && (
          <Nothing title={t`Such an event never happened in this conversation`} />
        )}
        {run.data?.data.map((one) => (
          <Card key={`${one.at} ${one.message_id}`} withBorder mb="xs">
            <Group justify="space-between">
              <Text>
                <At time={one.at} />
              </Text>
              <Badge
                variant="light"
                color={one.matched ? 'green' : 'gray'}
                c="var(--mantine-color-text)"
                tt="none"
              >
                {one.matched ? t`would have run` : t`would not have run`}
              </Badge>
            </Group>
            {one.silent !== null && <Text size="sm">{one.silent.replaceAll('_', ' ')}</Text>}
            <List size="sm">
              {one.actions.map((action, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: an action is its place in the list
                <List.Item key={index}>{wordOf(words.actions, action)}</List.Item>
              ))}
            </List>
          </Card>
        ))}
      </div>
    </Stack>
  )
}
