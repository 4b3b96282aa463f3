// One rule: when, if, then; tried on a conversation of the past before it is saved.
import { useLingui } from '@lingui/react/macro'
import { Button, Group, Select, Stack, Switch, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { api, at, dataOf, here } from '../api/client.ts'
import { rulesQuery, vocabularyQuery } from '../api/queries.ts'
import type { Rule, Vocabulary } from '../api/shapes.ts'
import { useSession } from '../session/use-session.ts'
import { FailureNote } from '../shell/failure-note.tsx'
import { Loading, NotAllowed, PageHead } from '../shell/page.tsx'
import { PageFailure } from '../shell/page-failure.tsx'
import { tell } from '../shell/tell.tsx'
import { ActionsFields } from './actions-fields.tsx'
import { ConditionsFields } from './conditions-fields.tsx'
import { DryRun } from './dry-run.tsx'
import { bodyOf, draftOf, EMPTY_RULE, type RuleDraft } from './rule-draft.ts'
import { useRuleWords, wordOf } from './rule-words.ts'

export function RulePage() {
  const { t } = useLingui()
  const { isAdministrator } = useSession()
  const { ruleId } = useParams({ from: '/inside/automations/$ruleId' })
  const rules = useQuery(rulesQuery)
  const vocabulary = useQuery(vocabularyQuery)
  if (!isAdministrator) return <NotAllowed />
  const failed = rules.error ?? vocabulary.error
  if (failed) return <PageFailure error={failed} retry={rules.refetch} />
  if (rules.data === undefined || vocabulary.data === undefined) return <Loading />
  const rule = rules.data.find(({ id }) => String(id) === ruleId)
  const draft = rule === undefined ? EMPTY_RULE : draftOf(rule)
  return (
    <>
      <PageHead title={rule?.name ?? t`New rule`} />
      <RuleForm key={ruleId} rule={rule} first={draft} vocabulary={vocabulary.data} />
    </>
  )
}

function RuleForm(props: { rule: Rule | undefined; first: RuleDraft; vocabulary: Vocabulary }) {
  const { t } = useLingui()
  const words = useRuleWords()
  const { rule, first, vocabulary } = props
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [draft, setDraft] = useState(first)
  const change = (part: Partial<RuleDraft>) => setDraft({ ...draft, ...part })
  const save = useMutation({
    meta: { shown: true },
    mutationFn: () => {
      const body = bodyOf(draft)
      const rules = '/api/v1/accounts/{account_id}/rules'
      return rule === undefined
        ? dataOf(api.POST(rules, { params: here(), body }))
        : dataOf(api.PATCH(`${rules}/{id}`, { params: at(rule.id), body }))
    },
    async onSuccess() {
      await queries.invalidateQueries({ queryKey: rulesQuery.queryKey })
      tell(t`Saved.`)
      await navigate({ to: '/automations' })
    },
  })
  return (
    <Stack
      component="form"
      align="stretch"
      maw={900}
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <TextInput
        label={t`Name`}
        required
        maxLength={200}
        value={draft.name}
        onChange={(event) => change({ name: event.currentTarget.value })}
      />
      <Select
        label={t`When`}
        allowDeselect={false}
        value={draft.event}
        data={vocabulary.events.map((value) => ({ value, label: wordOf(words.events, value) }))}
        onChange={(event) => change({ event: event as Rule['event'] })}
      />
      <ConditionsFields
        group={draft.conditions}
        vocabulary={vocabulary}
        onChange={(conditions) => change({ conditions })}
      />
      <ActionsFields draft={draft} vocabulary={vocabulary} onChange={change} />
      <Switch
        label={t`At most once per conversation`}
        checked={draft.once_per_conversation}
        onChange={(event) => change({ once_per_conversation: event.currentTarget.checked })}
      />
      <Switch
        label={t`Active`}
        checked={draft.active}
        onChange={(event) => change({ active: event.currentTarget.checked })}
      />
      <DryRun draft={draft} />
      <FailureNote error={save.error} />
      <Group>
        <Button type="submit" loading={save.isPending}>{t`Save`}</Button>
        <Button variant="default" onClick={() => navigate({ to: '/automations' })}>
          {t`Cancel`}
        </Button>
      </Group>
    </Stack>
  )
}
