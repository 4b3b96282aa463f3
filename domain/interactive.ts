// What a contact can answer by a touch, where the channel has it natively. Limits are WhatsApp's, the
// only channel with all three. https://developers.facebook.com/docs/whatsapp/guides/interactive-messages

export interface Choice {
  id: string
  title: string
  description?: string | undefined
}

export type Interactive =
  | { kind: 'buttons'; choices: Choice[] }
  /** `button` opens the list. */
  | { kind: 'list'; button: string; choices: Choice[] }
  /** A form of the provider, `flow` its id, opened by `button` at `screen`. */
  | { kind: 'form'; flow: string; button: string; screen: string }

/** Characters. */
const TITLE = { buttons: 20, list: 24 }
const DESCRIPTION = 72
const COUNT = { buttons: 3, list: 10 }
const ID = { buttons: 256, list: 200 }
const BUTTON = 20
/** Of the text beside it, which is needed. */
export const MAX_INTERACTIVE_TEXT = 1_024

/** Why it cannot be sent, each with a text in `locales/`; undefined: it can. */
export function interactiveFault(interactive: Interactive, text: string): string | undefined {
  const tooLong = (value: string | undefined, most: number) => [...(value ?? '')].length > most
  if (text.trim() === '') return 'interactive_needs_text'
  if (tooLong(text, MAX_INTERACTIVE_TEXT)) return 'message_too_long'
  if ('button' in interactive) {
    const { button } = interactive
    if (button.trim() === '' || tooLong(button, BUTTON)) return 'choice_title_wrong'
  }
  if (interactive.kind === 'form') return interactive.flow === '' ? 'form_missing' : undefined
  const { kind, choices } = interactive
  if (choices.length === 0 || choices.length > COUNT[kind]) return 'choices_wrong_count'
  const titles = new Set(choices.map(({ title }) => title.trim()))
  const ids = new Set(choices.map(({ id }) => id))
  if (titles.size < choices.length || ids.size < choices.length) return 'choices_not_distinct'
  for (const { id, title, description } of choices) {
    if (id === '' || tooLong(id, ID[kind])) return 'choice_id_wrong'
    if (title.trim() === '' || tooLong(title, TITLE[kind])) return 'choice_title_wrong'
    if (tooLong(description, DESCRIPTION)) return 'choice_description_too_long'
  }
  return undefined
}
