// The questions before a conversation begins.
import type { PreChatField } from '../shapes.ts'
import type { PreChatAnswers } from './talk.tsx'
import { useText } from './text.ts'

interface Props {
  fields: PreChatField[]
  done(answers: PreChatAnswers): void
}

const OWN = ['name', 'email', 'phone_number']

export function PreChat({ fields, done }: Props) {
  const text = useText()
  return (
    <form
      class="pre-chat"
      onSubmit={(event) => {
        event.preventDefault()
        done(answersOf(fields, new FormData(event.currentTarget)))
      }}
    >
      {fields.map((field, at) => (
        <div key={field.attribute} class={`question ${field.type}`}>
          <label for={`question-${at}`}>
            {field.label}
            {field.required && <abbr title={text.required}> *</abbr>}
          </label>
          <Input field={field} name={String(at)} choose={text.choose} />
        </div>
      ))}
      <button type="submit" class="primary">
        {text.begin}
      </button>
    </form>
  )
}

function Input({ field, name, choose }: { field: PreChatField; name: string; choose: string }) {
  const { type, required, options } = field
  const same = { id: `question-${name}`, name, required }
  if (type === 'list') {
    return (
      <select {...same}>
        <option value="">{choose}</option>
        {options.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
    )
  }
  if (type === 'checkbox') return <input type="checkbox" value="true" {...same} />
  if (type === 'number') return <input type="number" {...same} />
  if (type === 'date') return <input type="date" {...same} />
  if (type === 'email') return <input type="email" autocomplete="email" maxLength={500} {...same} />
  if (type === 'phone') return <input type="tel" autocomplete="tel" maxLength={50} {...same} />
  return <input type="text" maxLength={500} {...same} />
}

function answersOf(fields: PreChatField[], form: FormData): PreChatAnswers {
  const contact: Record<string, unknown> = {}
  const custom: Record<string, unknown> = {}
  const conversation: Record<string, unknown> = {}
  fields.forEach(({ attribute, target, type }, at) => {
    const value = form.get(String(at)) ?? (type === 'checkbox' ? 'false' : '')
    if (value === '') return
    if (target === 'conversation') conversation[attribute] = value
    else if (OWN.includes(attribute)) contact[attribute] = value
    else custom[attribute] = value
  })
  return {
    contact: { ...contact, custom_attributes: custom },
    conversation: { custom_attributes: conversation },
  }
}
