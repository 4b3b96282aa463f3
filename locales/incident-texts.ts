// The mail that tells an administrator that an inbox needs somebody, in the account's language.
import type { Locale } from './shape.ts'
import { askingText } from './texts.ts'

export interface IncidentWords {
  account: string
  inbox: { name: string; address: string }
  direction: 'receive' | 'send'
  /** Red for refused credentials, as against something else that a person has to mend. */
  reconnect: boolean
  reason: string
  /** The provider's own words. */
  evidence: string | null
  since: Date
  /** Where Cloud Chat is opened. */
  url: string
}

interface Wording {
  subject: (inbox: string) => string
  stopped: Record<IncidentWords['direction'], string>
  inbox: string
  since: string
  happened: string
  words: string
  todo: string
  /** Answers the fear that makes people delete the inbox instead. */
  kept: string
  open: string
  once: string
}

const WORDINGS: Record<Locale, { reconnect: Wording; act: Wording }> = {
  'pt-BR': wordingsOf({
    subjects: [
      (inbox) => `A caixa de entrada "${inbox}" precisa ser reconectada`,
      (inbox) => `A caixa de entrada "${inbox}" precisa de você`,
    ],
    stopped: {
      receive: 'Os e-mails desta caixa de entrada pararam de chegar.',
      send: 'As respostas desta caixa de entrada não estão sendo enviadas.',
    },
    inbox: 'Caixa de entrada',
    since: 'Desde',
    happened: 'O que aconteceu',
    words: 'Nas palavras do servidor',
    todo: 'O que fazer',
    kept: 'Não exclua a caixa de entrada: ao reconectar, o que chegou enquanto isso é recuperado e as respostas na fila são enviadas.',
    open: 'Abrir o Cloud Chat',
    once: 'Este aviso é enviado uma vez por incidente.',
  }),
  en: wordingsOf({
    subjects: [
      (inbox) => `The inbox "${inbox}" needs to be reconnected`,
      (inbox) => `The inbox "${inbox}" needs you`,
    ],
    stopped: {
      receive: 'Mail of this inbox has stopped coming in.',
      send: 'Answers of this inbox are not going out.',
    },
    inbox: 'Inbox',
    since: 'Since',
    happened: 'What happened',
    words: 'In the words of the server',
    todo: 'What to do',
    kept: 'Do not delete the inbox: after reconnecting, what came meanwhile is recovered and queued answers go out.',
    open: 'Open Cloud Chat',
    once: 'This notice is sent once per incident.',
  }),
}

/** Plain text; lines are the reader's to wrap. */
export function incidentMail(
  words: IncidentWords,
  locale: Locale,
): { subject: string; text: string } {
  const wording = WORDINGS[locale][words.reconnect ? 'reconnect' : 'act']
  const [message, remedy] = askingText(words.reason, locale)
  const since = new Intl.DateTimeFormat(locale, {
    dateStyle: 'long',
    timeStyle: 'long',
    timeZone: 'UTC',
  }).format(words.since)
  const lines = [
    wording.stopped[words.direction],
    '',
    `${wording.inbox}: ${words.inbox.name} <${words.inbox.address}>, ${words.account}`,
    `${wording.since}: ${since}`,
    `${wording.happened}: ${message}`,
    ...(words.evidence ? [`${wording.words}: ${words.evidence}`] : []),
    ...(remedy ? [`${wording.todo}: ${remedy}`] : []),
    '',
    wording.kept,
    `${wording.open}: ${words.url}`,
    '',
    wording.once,
  ]
  return { subject: wording.subject(words.inbox.name), text: `${lines.join('\n')}\n` }
}

function wordingsOf({
  subjects: [reconnect, act],
  ...shared
}: Omit<Wording, 'subject'> & { subjects: [Wording['subject'], Wording['subject']] }) {
  return { reconnect: { ...shared, subject: reconnect }, act: { ...shared, subject: act } }
}
