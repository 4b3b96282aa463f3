// The conditions of a rule, a line each.
import { useLingui } from '@lingui/react/macro'
import {
  Button,
  CloseButton,
  Fieldset,
  Group,
  MultiSelect,
  SegmentedControl,
  Select,
  Stack,
  TagsInput,
} from '@mantine/core'
import type { Vocabulary } from '../api/shapes.ts'
import { useReferenceOptions } from './reference-options.ts'
import { type RuleDraft, type Test, WITHOUT_VALUE } from './rule-draft.ts'
import { useRuleWords, wordOf } from './rule-words.ts'

interface Props {
  draft: RuleDraft
  vocabulary: Vocabulary
  onChange: (part: Partial<RuleDraft>) => void
}

export function TestsFields({ draft, vocabulary, onChange }: Props) {
  const { t } = useLingui()
  const { group, tests } = draft
  const [first] = vocabulary.attributes
  const set = (at: number, test: Test) =>
    onChange({ tests: tests.map((one, index) => (index === at ? test : one)) })
  return (
    <Fieldset legend={t`Conditions`}>
      <Stack align="stretch">
        {tests.length > 1 && (
          <SegmentedControl
            aria-label={t`How conditions go together`}
            value={group}
            onChange={(value) => onChange({ group: value as 'all' | 'any' })}
            data={[
              { value: 'all', label: t`All of them` },
              { value: 'any', label: t`One of them` },
            ]}
          />
        )}
        {tests.map((test, index) => (
          <TestLine
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place in the list
            key={index}
            test={test}
            vocabulary={vocabulary}
            onChange={(next) => set(index, next)}
            onRemove={() => onChange({ tests: tests.filter((_, at) => at !== index) })}
          />
        ))}
        {first !== undefined && (
          <Group>
            <Button
              variant="default"
              onClick={() => onChange({ tests: [...tests, newTest(first)] })}
            >{t`Add condition`}</Button>
          </Group>
        )}
      </Stack>
    </Fieldset>
  )
}

type Attribute = Vocabulary['attributes'][number]
const newTest = ({ name, operators }: Attribute): Test => ({
  attribute: name,
  operator: operators[0] ?? 'equal_to',
  values: [],
})

function TestLine(props: {
  test: Test
  vocabulary: Vocabulary
  onChange: (test: Test) => void
  onRemove: () => void
}) {
  const { t } = useLingui()
  const words = useRuleWords()
  const { test, vocabulary, onChange, onRemove } = props
  const attribute = vocabulary.attributes.find(({ name }) => name === test.attribute)
  return (
    <Group align="flex-end" wrap="wrap">
      <Select
        label={t`Condition`}
        searchable
        allowDeselect={false}
        value={test.attribute}
        data={vocabulary.attributes.map(({ name }) => ({
          value: name,
          label: wordOf(words.attributes, name),
        }))}
        onChange={(name) => {
          const chosen = vocabulary.attributes.find((one) => one.name === name)
          if (chosen) onChange(newTest(chosen))
        }}
      />
      <Select
        aria-label={t`Comparison`}
        allowDeselect={false}
        value={test.operator}
        data={(attribute?.operators ?? [test.operator]).map((operator) => ({
          value: operator,
          label: wordOf(words.operators, operator),
        }))}
        onChange={(operator) => onChange({ ...test, operator: operator as Test['operator'] })}
      />
      {!WITHOUT_VALUE.includes(test.operator) && attribute && (
        <Values test={test} attribute={attribute} onChange={onChange} />
      )}
      <CloseButton aria-label={t`Remove the condition`} onClick={onRemove} />
    </Group>
  )
}

function Values(props: { test: Test; attribute: Attribute; onChange: (test: Test) => void }) {
  const { t } = useLingui()
  const optionsOf = useReferenceOptions()
  const { test, attribute, onChange } = props
  const { kind, options, refers_to } = attribute
  const numeric = kind === 'number' || kind === 'reference' || test.operator === 'days_before'
  const keep = (texts: string[]) =>
    onChange({
      ...test,
      values: texts.map((text) => {
        if (kind === 'boolean') return text === 'true'
        return numeric ? Number(text) : text
      }),
    })
  const shared = { 'aria-label': t`Values`, value: test.values.map(String), onChange: keep }
  if (kind === 'reference')
    return <MultiSelect {...shared} searchable data={optionsOf(refers_to)} />
  if (kind === 'boolean') {
    return (
      <MultiSelect
        {...shared}
        data={[
          { value: 'true', label: t`yes` },
          { value: 'false', label: t`no` },
        ]}
      />
    )
  }
  if (options) return <MultiSelect {...shared} data={options.map(String)} />
  return <TagsInput {...shared} />
}
