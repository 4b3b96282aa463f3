// What the account notes about contacts and conversations beyond what is built in.
import { useLingui } from '@lingui/react/macro'
import { Button, Card, Code, Group, Select, Stack, TagsInput, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, at, dataOf, here } from '../api/client.ts'
import { attributesQuery } from '../api/queries.ts'
import type { AttributeDefinition } from '../api/shapes.ts'
import { FailureNote } from '../shell/failure-note.tsx'
import { Loading, Nothing } from '../shell/page.tsx'
import { tell } from '../shell/tell.tsx'
import { ConfirmButton } from './confirm-button.tsx'

const A = '/api/v1/accounts/{account_id}/custom_attribute_definitions'
type New = Pick<AttributeDefinition, 'target' | 'key' | 'name' | 'type' | 'options'>
const EMPTY: New = { target: 'contact', key: '', name: '', type: 'text', options: [] }

export function AttributesSection() {
  const { t } = useLingui()
  const definitions = useQuery(attributesQuery)
  if (definitions.data === undefined) return <Loading />
  return (
    <Stack align="stretch" maw={900}>
      <Text>
        {t`Fields for contacts and conversations: people fill them in, the widget and the API set them, rules read them.`}
      </Text>
      <NewAttribute />
      {definitions.data.length === 0 && <Nothing title={t`No custom attribute yet`} />}
      {definitions.data.map((definition) => (
        <AttributeCard key={definition.id} definition={definition} />
      ))}
    </Stack>
  )
}

function useAttributeWords() {
  const { t } = useLingui()
  const types: Record<New['type'], string> = {
    text: t`Text`,
    number: t`Number`,
    boolean: t`Yes or no`,
    date: t`Date`,
    link: t`Link`,
    list: t`List`,
  }
  const targets: Record<New['target'], string> = {
    contact: t`Contact`,
    conversation: t`Conversation`,
  }
  const optionsOf = (words: Record<string, string>) =>
    Object.entries(words).map(([value, label]) => ({ value, label }))
  return { types, targets, optionsOf }
}

function NewAttribute() {
  const { t } = useLingui()
  const queries = useQueryClient()
  const { types, targets, optionsOf } = useAttributeWords()
  const [draft, setDraft] = useState(EMPTY)
  const change = (part: Partial<New>) => setDraft({ ...draft, ...part })
  const add = useMutation({
    meta: { shown: true },
    mutationFn: () => {
      const { options, ...rest } = draft
      const body = draft.type === 'list' ? { ...rest, options } : rest
      return dataOf(api.POST(A, { params: here(), body }))
    },
    async onSuccess() {
      setDraft({ ...EMPTY, target: draft.target })
      await queries.invalidateQueries({ queryKey: attributesQuery.queryKey })
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        add.mutate()
      }}
    >
      <Stack gap="sm" align="stretch">
        <FailureNote error={add.error} />
        <Group align="flex-end">
          <Select
            label={t`Of`}
            allowDeselect={false}
            data={optionsOf(targets)}
            value={draft.target}
            onChange={(target) => change({ target: target as New['target'] })}
          />
          <TextInput
            label={t`Name`}
            required
            maxLength={200}
            value={draft.name}
            onChange={(event) => {
              const name = event.currentTarget.value
              // The key follows the name until somebody writes another.
              const follows = draft.key === keyFor(draft.name)
              change({ name, ...(follows ? { key: keyFor(name) } : {}) })
            }}
          />
          <TextInput
            label={t`Key`}
            required
            maxLength={100}
            pattern="[a-z0-9_]+"
            title={t`Small letters, digits and _`}
            value={draft.key}
            onChange={(event) => change({ key: event.currentTarget.value })}
          />
          <Select
            label={t`Type`}
            allowDeselect={false}
            data={optionsOf(types)}
            value={draft.type}
            onChange={(type) => change({ type: type as New['type'] })}
          />
        </Group>
        {draft.type === 'list' && (
          <TagsInput
            label={t`What may be chosen`}
            value={draft.options}
            onChange={(options) => change({ options })}
          />
        )}
        <Button type="submit" loading={add.isPending} style={{ alignSelf: 'flex-start' }}>
          {t`Add attribute`}
        </Button>
      </Stack>
    </form>
  )
}

function AttributeCard({ definition }: { definition: AttributeDefinition }) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const { types, targets } = useAttributeWords()
  const { id, target, key, type } = definition
  const [name, setName] = useState(definition.name)
  const [options, setOptions] = useState(definition.options)
  const onSuccess = () => queries.invalidateQueries({ queryKey: attributesQuery.queryKey })
  const save = useMutation({
    meta: { shown: true },
    mutationFn: () => {
      const body = { name, ...(type === 'list' ? { options } : {}) }
      return dataOf(api.PATCH(`${A}/{id}`, { params: at(id), body }))
    },
    async onSuccess() {
      tell(t`Saved.`)
      await onSuccess()
    },
  })
  const remove = useMutation({
    mutationFn: () => api.DELETE(`${A}/{id}`, { params: at(id) }),
    onSuccess,
  })
  const unchanged = name === definition.name && String(options) === String(definition.options)
  return (
    <Card
      withBorder
      component="form"
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <FailureNote error={save.error} />
      <Group justify="space-between" align="flex-end">
        <TextInput
          label={t`Name`}
          required
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Text size="sm">
          {targets[target]} · {types[type]} · <Code>{key}</Code>
        </Text>
        <Group gap="xs">
          <Button
            type="submit"
            size="xs"
            variant="default"
            disabled={unchanged}
            loading={save.isPending}
          >
            {t`Save`}
          </Button>
          <ConfirmButton
            label={t`Delete`}
            question={t`Delete the attribute ${definition.name}? Its values are not shown any more.`}
            loading={remove.isPending}
            onConfirm={() => remove.mutate()}
          />
        </Group>
      </Group>
      {type === 'list' && (
        <TagsInput mt="sm" label={t`What may be chosen`} value={options} onChange={setOptions} />
      )}
    </Card>
  )
}

/** "Plano atual" is `plano_atual`. */
function keyFor(name: string): string {
  const plain = name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
  return plain.replace(/[^a-z0-9]+/g, '_').replace(/^_|_$/g, '')
}
