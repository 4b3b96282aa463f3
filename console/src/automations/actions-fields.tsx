// The actions of a rule in their order, each with the form that the API describes.
import { useLingui } from '@lingui/react/macro'
import {
  Button,
  Card,
  CloseButton,
  Fieldset,
  Group,
  NumberInput,
  Select,
  Stack,
  Switch,
  TagsInput,
  Textarea,
} from '@mantine/core'
import type { Vocabulary } from '../api/shapes.ts'
import { useReferenceOptions } from './reference-options.ts'
import type { RuleDraft } from './rule-draft.ts'
import { useRuleWords, wordOf } from './rule-words.ts'

type Values = Record<string, unknown>
type Field = Vocabulary['actions'][number]['fields'][number]

export function ActionsFields(props: {
  draft: RuleDraft
  vocabulary: Vocabulary
  onChange: (part: Partial<RuleDraft>) => void
}) {
  const { t } = useLingui()
  const { draft, vocabulary, onChange } = props
  const { actions } = draft
  return (
    <Fieldset legend={t`Actions`}>
      <Stack align="stretch">
        {actions.map((action, index) => (
          <ActionCard
            // biome-ignore lint/suspicious/noArrayIndexKey: an action is its place in the list
            key={index}
            action={action}
            vocabulary={vocabulary}
            onChange={(next) =>
              onChange({ actions: actions.map((one, at) => (at === index ? next : one)) })
            }
            onRemove={() => onChange({ actions: actions.filter((_, at) => at !== index) })}
          />
        ))}
        <Group>
          <Button
            variant="default"
            onClick={() => onChange({ actions: [...actions, { action: 'add_label' }] })}
          >{t`Add action`}</Button>
        </Group>
      </Stack>
    </Fieldset>
  )
}

function ActionCard(props: {
  action: Values
  vocabulary: Vocabulary
  onChange: (action: Values) => void
  onRemove: () => void
}) {
  const { t } = useLingui()
  const words = useRuleWords()
  const { action, vocabulary, onChange, onRemove } = props
  const fields = vocabulary.actions.find((one) => one.action === action.action)?.fields ?? []
  const workflow = vocabulary.workflows.find((one) => one.workflow === action.workflow)
  const parameters = (action.parameters ?? {}) as Values
  return (
    <Card withBorder>
      <Group align="flex-end">
        <Select
          label={t`Action`}
          searchable
          allowDeselect={false}
          value={String(action.action)}
          data={vocabulary.actions.map((one) => ({
            value: one.action,
            label: wordOf(words.actions, one.action),
          }))}
          onChange={(name) => onChange({ action: name })}
        />
        <CloseButton aria-label={t`Remove the action`} onClick={onRemove} />
      </Group>
      <Stack mt="sm" align="stretch">
        {fields.map((field) => (
          <FormField
            key={field.name}
            field={field}
            value={action[field.name]}
            vocabulary={vocabulary}
            onChange={(value) => onChange(withValue(action, field.name, value))}
          />
        ))}
        {workflow?.fields.map((field) => (
          <FormField
            key={field.name}
            field={field}
            value={parameters[field.name]}
            vocabulary={vocabulary}
            onChange={(value) =>
              onChange({ ...action, parameters: withValue(parameters, field.name, value) })
            }
          />
        ))}
      </Stack>
    </Card>
  )
}

/** A field that is empty is left out, not sent as empty. */
function withValue(values: Values, name: string, value: unknown): Values {
  const { [name]: _, ...others } = values
  return value === undefined || value === '' ? others : { ...others, [name]: value }
}

function FormField(props: {
  field: Field
  value: unknown
  vocabulary: Vocabulary
  onChange: (value: unknown) => void
}) {
  const { t } = useLingui()
  const words = useRuleWords()
  const optionsOf = useReferenceOptions()
  const { field, value, vocabulary, onChange } = props
  const label = wordOf(words.fields, field.name)
  const shared = { label, required: field.required }
  switch (field.kind) {
    case 'boolean':
      return (
        <Switch
          label={label}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked || undefined)}
        />
      )
    case 'labels':
      return <TagsInput {...shared} value={(value ?? []) as string[]} onChange={onChange} />
    case 'minutes':
      return (
        <NumberInput
          {...shared}
          min={1}
          allowDecimal={false}
          value={typeof value === 'number' ? value : ''}
          onChange={(minutes) => onChange(typeof minutes === 'number' ? minutes : undefined)}
        />
      )
    case 'choice':
      return (
        <Select
          {...shared}
          clearable={!field.required}
          value={value === null ? 'null' : ((value as string | undefined) ?? null)}
          data={(field.options ?? []).map((option) => ({
            value: String(option),
            label: option ?? t`None`,
          }))}
          onChange={(chosen) => onChange(chosen === 'null' ? null : (chosen ?? undefined))}
        />
      )
    case 'reference':
      return (
        <Select
          {...shared}
          searchable
          clearable={!field.required}
          value={value === undefined ? null : String(value)}
          data={optionsOf(field.refers_to)}
          onChange={(id) => onChange(id === null ? undefined : Number(id))}
        />
      )
    case 'automation':
      return (
        <Select
          {...shared}
          value={(value as string | undefined) ?? null}
          data={vocabulary.workflows.map(({ workflow, title }) => ({
            value: workflow,
            label: title,
          }))}
          onChange={(chosen) => onChange(chosen ?? undefined)}
        />
      )
    default:
      return (
        <Textarea
          {...shared}
          autosize
          minRows={2}
          value={(value as string | undefined) ?? ''}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )
  }
}
