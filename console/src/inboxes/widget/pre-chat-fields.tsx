// The questions before a conversation, a box each.
import { useLingui } from '@lingui/react/macro'
import {
  Button,
  Fieldset,
  Group,
  Select,
  Stack,
  Switch,
  TagsInput,
  Text,
  TextInput,
} from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { attributesQuery } from '../../api/queries.ts'
import type { DraftFieldsProps, WidgetDraft } from './widget-draft.ts'

type Question = WidgetDraft['pre_chat_fields'][number]

const NEW: Question = {
  attribute: 'name',
  target: 'contact',
  label: '',
  type: 'text',
  required: false,
  options: [],
}

export function PreChatFields({ draft, onChange }: DraftFieldsProps) {
  const { t } = useLingui()
  const questions = draft.pre_chat_fields
  const set = (pre_chat_fields: Question[]) => onChange({ pre_chat_fields })
  return (
    <Fieldset legend={t`Questions before the conversation`}>
      <Stack align="stretch">
        <Text size="sm">
          {t`What the site tells of a user is not asked again. Only these questions can fill attributes of a conversation.`}
        </Text>
        {questions.map((question, index) => (
          <QuestionBox
            // biome-ignore lint/suspicious/noArrayIndexKey: a question is its place in the list
            key={index}
            nth={index + 1}
            question={question}
            onChange={(part) =>
              set(questions.map((one, at) => (at === index ? { ...one, ...part } : one)))
            }
            onRemove={() => set(questions.filter((_, at) => at !== index))}
          />
        ))}
        <Group>
          <Button
            size="xs"
            variant="default"
            disabled={questions.length >= 20}
            onClick={() => set([...questions, NEW])}
          >
            {t`Add question`}
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  )
}

function QuestionBox(props: {
  nth: number
  question: Question
  onChange: (part: Partial<Question>) => void
  onRemove: () => void
}) {
  const { t } = useLingui()
  const { nth, question, onChange, onRemove } = props
  const { data: definitions = [] } = useQuery(attributesQuery)
  const own = [
    { value: 'contact.name', label: t`Name` },
    { value: 'contact.email', label: t`E-mail` },
    { value: 'contact.phone_number', label: t`Phone` },
  ]
  const custom = (target: Question['target']) =>
    definitions
      .filter((definition) => definition.target === target)
      .map(({ key, name }) => ({ value: `${target}.${key}`, label: name }))
  const types: Record<Question['type'], string> = {
    text: t`Text`,
    email: t`E-mail`,
    phone: t`Phone`,
    number: t`Number`,
    date: t`Date`,
    list: t`List`,
    checkbox: t`Checkbox`,
  }
  return (
    <Fieldset legend={t`Question ${nth}`} variant="filled">
      <Group align="flex-end">
        <TextInput
          label={t`Question`}
          required
          maxLength={200}
          value={question.label}
          onChange={(event) => onChange({ label: event.currentTarget.value })}
        />
        <Select
          label={t`Fills`}
          allowDeselect={false}
          searchable
          value={`${question.target}.${question.attribute}`}
          data={[
            { group: t`Contact`, items: [...own, ...custom('contact')] },
            { group: t`Conversation`, items: custom('conversation') },
          ]}
          onChange={(value) => {
            const [target, attribute] = (value ?? 'contact.name').split('.')
            onChange({ target: target as Question['target'], attribute: attribute ?? '' })
          }}
        />
        <Select
          label={t`Kind`}
          allowDeselect={false}
          value={question.type}
          data={Object.entries(types).map(([value, label]) => ({ value, label }))}
          onChange={(type) => onChange({ type: type as Question['type'] })}
        />
        {question.type === 'list' && (
          <TagsInput
            label={t`Choices`}
            value={question.options}
            onChange={(options) => onChange({ options })}
          />
        )}
        <Switch
          mb="xs"
          label={t`Has to be answered`}
          checked={question.required}
          onChange={(event) => onChange({ required: event.currentTarget.checked })}
        />
        <Button size="xs" variant="default" mb={4} onClick={onRemove}>{t`Remove`}</Button>
      </Group>
    </Fieldset>
  )
}
