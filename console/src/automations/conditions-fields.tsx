// The conditions of a rule, a line each, in groups that may hold groups.
import { useLingui } from '@lingui/react/macro'
import {
  Button,
  CloseButton,
  Fieldset,
  Flex,
  MultiSelect,
  SegmentedControl,
  Select,
  Stack,
  TagsInput,
} from '@mantine/core'
import type { Vocabulary } from '../api/shapes.ts'
import { usePriorityWords, useStatusWords } from '../conversations/status-words.ts'
import { useReferenceOptions } from './reference-options.ts'
import { type Group, isGroup, type Test, WITHOUT_VALUE } from './rule-draft.ts'
import { useRuleWords, wordOf } from './rule-words.ts'

/** The API takes no deeper ones. */
const DEEPEST = 5

interface GroupProps {
  group: Group
  vocabulary: Vocabulary
  onChange: (group: Group) => void
  /** Of a group within another. */
  onRemove?: () => void
  depth?: number
}

export function ConditionsFields({ group, vocabulary, onChange, onRemove, depth = 1 }: GroupProps) {
  const { t } = useLingui()
  const { together, parts } = group
  const [first] = vocabulary.attributes
  const set = (at: number, part: Test | Group) =>
    onChange({ together, parts: parts.map((one, index) => (index === at ? part : one)) })
  const remove = (at: number) =>
    onChange({ together, parts: parts.filter((_, index) => index !== at) })
  return (
    <Fieldset legend={depth === 1 ? t`Conditions` : t`Group of conditions`}>
      <Stack align="stretch">
        {(parts.length > 1 || onRemove !== undefined) && (
          <Flex justify="space-between" gap="sm">
            <SegmentedControl
              aria-label={t`How conditions go together`}
              value={together}
              onChange={(value) => onChange({ together: value as Group['together'], parts })}
              data={[
                { value: 'all', label: t`All of them` },
                { value: 'any', label: t`One of them` },
              ]}
            />
            {onRemove && <CloseButton aria-label={t`Remove the group`} onClick={onRemove} />}
          </Flex>
        )}
        {parts.map((part, index) => {
          const shared = { vocabulary, onRemove: () => remove(index) }
          return isGroup(part) ? (
            <ConditionsFields
              // biome-ignore lint/suspicious/noArrayIndexKey: a group is its place in the list
              key={index}
              {...shared}
              group={part}
              depth={depth + 1}
              onChange={(next) => set(index, next)}
            />
          ) : (
            <TestLine
              // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place in the list
              key={index}
              {...shared}
              test={part}
              onChange={(next) => set(index, next)}
            />
          )
        })}
        {first !== undefined && (
          <Flex gap="sm" wrap="wrap">
            <Button
              variant="default"
              onClick={() => onChange({ together, parts: [...parts, newTest(first)] })}
            >{t`Add condition`}</Button>
            {depth < DEEPEST && (
              <Button
                variant="default"
                onClick={() => {
                  const inner: Group = {
                    together: together === 'all' ? 'any' : 'all',
                    parts: [newTest(first)],
                  }
                  onChange({ together, parts: [...parts, inner] })
                }}
              >{t`Add group`}</Button>
            )}
          </Flex>
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
    <Flex align="flex-end" gap="sm">
      <Flex align="flex-end" gap="sm" wrap="wrap" flex={1}>
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
      </Flex>
      <CloseButton aria-label={t`Remove the condition`} onClick={onRemove} />
    </Flex>
  )
}

function Values(props: { test: Test; attribute: Attribute; onChange: (test: Test) => void }) {
  const { t } = useLingui()
  const optionsOf = useReferenceOptions()
  const words: Record<string, string> = { ...useStatusWords(), ...usePriorityWords() }
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
  const shared = {
    'aria-label': t`Values`,
    value: test.values.map(String),
    onChange: keep,
    style: { flexGrow: 1, minWidth: 180 },
  }
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
  if (options) {
    const data = options.map(String).map((value) => ({ value, label: words[value] ?? value }))
    return <MultiSelect {...shared} data={data} />
  }
  return <TagsInput {...shared} />
}
