// The one table of what people read of an inbox: word, colour and advice for each state.
import type { ShownState } from '../domain/inbox.ts'
import type { Locale, Text } from './shape.ts'

export type StateColor = 'green' | 'blue' | 'amber' | 'red' | 'gray'

const COLORS: Record<ShownState, StateColor> = {
  connecting: 'blue',
  importing: 'blue',
  active: 'green',
  retrying: 'amber',
  cannot_send: 'amber',
  action_required: 'red',
  reauthorization_required: 'red',
  paused: 'gray',
  disconnected: 'gray',
}

const WORDS: Record<Locale, Record<ShownState, Text>> = {
  en: {
    connecting: ['Connecting', 'The credentials are being verified.'],
    importing: ['Importing', 'History is coming in. ClaudIA waits until it is complete.'],
    active: ['Active', 'Everything works.'],
    retrying: ['Trying again', 'It is tried again by itself; nothing is lost.'],
    cannot_send: ['Receives, cannot send', 'Mend what the server asks for, then check again.'],
    action_required: ['Needs you', 'Mend what the server asks for, then check again.'],
    reauthorization_required: ['Disconnected by the provider', 'Click here to reconnect.'],
    paused: ['Paused', 'Resume it whenever you like; what waits is not lost.'],
    disconnected: ['Disconnected', 'Its conversations are kept.'],
  },
  'pt-BR': {
    connecting: ['Conectando', 'As credenciais estão sendo verificadas.'],
    importing: ['Importando', 'O histórico está chegando. A ClaudIA espera até ele terminar.'],
    active: ['Ativa', 'Tudo funciona.'],
    retrying: ['Tentando de novo', 'A tentativa se repete sozinha; nada se perde.'],
    cannot_send: ['Recebe, não envia', 'Corrija o que o servidor pede e verifique de novo.'],
    action_required: ['Precisa de você', 'Corrija o que o servidor pede e verifique de novo.'],
    reauthorization_required: ['Desconectada pelo provedor', 'Clique aqui para reconectar.'],
    paused: ['Pausada', 'Retome quando quiser; o que espera não se perde.'],
    disconnected: ['Desconectada', 'As conversas foram mantidas.'],
  },
}

export function stateWords(state: ShownState, locale: Locale) {
  const [label, advice] = WORDS[locale][state]
  return { state, label, color: COLORS[state], advice }
}
