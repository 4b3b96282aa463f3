// The mail by which a rule tells a team of a conversation.
import type { Locale } from './shape.ts'

export interface TeamWords {
  displayId: number
  subject: string
  /** As the author of the rule wrote it. */
  content: string
  url: string
}

const WORDINGS = {
  en: {
    conversation: 'Conversation',
    open: 'Open Cloud Chat',
    why: 'A rule of your account sent this.',
  },
  'pt-BR': {
    conversation: 'Conversa',
    open: 'Abra o Cloud Chat',
    why: 'Uma automação da sua conta enviou este e-mail.',
  },
} as const satisfies Record<Locale, object>

/** Plain text; lines are the reader's to wrap. */
export function teamMail(words: TeamWords, locale: Locale): { subject: string; text: string } {
  const { conversation, open, why } = WORDINGS[locale]
  const title = `${conversation} #${words.displayId}: ${words.subject}`.trim()
  const lines = [words.content, '', title, `${open}: ${words.url}`, '', why]
  return { subject: title, text: `${lines.join('\n')}\n` }
}
