// What the account notes about a contact or a conversation, a field for each custom attribute.
import { useLingui } from '@lingui/react/macro'
import { Button, NumberInput, Select, Stack, Text, TextInput, Title } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { attributesQuery } from '../api/queries.ts'
import type { AttributeDefinition } from '../api/shapes.ts'
import { FailureNote } from '../shell/failure-note.tsx'
import { tell } from '../shell/tell.tsx'

/** By key; null takes a value away. */
export type Values = Record<string, unknown>

export function AttributesForm(props: {
  target: AttributeDefinition['target']
  values: Values
  save: (changed: Values) => Promise<unknown>
}) {
  const { t } = useLingui()
  const { target, values } = props
  const { data: definitions = [] } = useQuery(attributesQuery)
  const [changed, setChanged] = useState<Values>({})
  const save = useMutation({
    meta: { shown: true },
    mutationFn: () => props.save(changed),
    onSuccess() {
      setChanged({})
      tell(t`Saved.`)
    },
  })
  const shown = definitions.filter((one) => one.target === target)
  return (
    <Stack
      component="form"
      gap="sm"
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <Title order={2} size="h4">
        {t`Custom attributes`}
      </Title>
      {shown.length === 0 && (
        <Text size="sm" c="var(--muted)">
          {t`None is defined. An administrator adds them in the settings.`}
        </Text>
      )}
      {shown.map((definition) => (
        <AttributeField
          key={definition.key}
          definition={definition}
          value={definition.key in changed ? changed[definition.key] : values[definition.key]}
          onChange={(value) => setChanged({ ...changed, [definition.key]: value })}
        />
      ))}
      <FailureNote error={save.error} />
      {shown.length > 0 && (
        <Button
          type="submit"
          variant="default"
          disabled={Object.keys(changed).length === 0}
          loading={save.isPending}
          style={{ alignSelf: 'flex-start' }}
        >
          {t`Save attributes`}
        </Button>
      )}
    </Stack>
  )
}

function AttributeField(props: {
  definition: AttributeDefinition
  value: unknown
  onChange: (value: unknown) => void
}) {
  const { t } = useLingui()
  const { definition, value, onChange } = props
  const { name: label, type, options } = definition
  const text = value === null || value === undefined ? '' : String(value)
  switch (type) {
    case 'number':
      return (
        <NumberInput
          label={label}
          hideControls
          value={text === '' ? '' : Number(text)}
          onChange={(next) => onChange(next === '' ? null : next)}
        />
      )
    case 'boolean':
    case 'list':
      return (
        <Select
          label={label}
          clearable
          clearButtonProps={{ 'aria-label': t`No value` }}
          value={text === '' ? null : text}
          data={
            type === 'list'
              ? options
              : [
                  { value: 'true', label: t`yes` },
                  { value: 'false', label: t`no` },
                ]
          }
          onChange={onChange}
        />
      )
    default: {
      const kind = type === 'date' ? 'date' : type === 'link' ? 'url' : 'text'
      return (
        <TextInput
          label={label}
          type={kind}
          maxLength={2000}
          // A date field takes the day alone.
          value={kind === 'date' ? text.slice(0, 10) : text}
          onChange={(event) => onChange(event.currentTarget.value || null)}
        />
      )
    }
  }
}
