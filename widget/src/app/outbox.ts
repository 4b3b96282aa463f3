// What the visitor wrote, kept until the server has it: across reloads, lost connections, lost
// sessions. Each message has an id of its own, so that sending it again is harmless.
import { signal } from '@preact/signals'
import { Away, Refused } from './client.ts'
import { keep, keptBelow, readKept } from './kept.ts'
import { call, websiteToken } from './session.ts'
import type { Written } from './shapes.ts'
import { clear, enterFeed, isTalk, merge, openTalk, place, put, resync } from './store.ts'

export interface Waiting {
  id: string
  /** Null: it begins a conversation. */
  conversationId: number | null
  content: string
  attachments: { id: string; name: string }[]
  /** Of the first message: answers to the questions before it, and what the page added. */
  contact?: Record<string, unknown>
  conversation?: { custom_attributes: Record<string, unknown> }
  at: string
  /** A code of the server: people have to do something about it. */
  failed?: string
}

/** A key for each message: tabs share the storage, and none may overwrite what another waits with. */
const KEPT = `cloudchat/${websiteToken}/outbox/`
const AGAIN_MS = [1_000, 2_000, 4_000, 8_000, 15_000]

let kept = new Set<string>()
export const waiting = signal(left())
waiting.subscribe((list) => {
  const ids = new Set(list.map(({ id }) => id))
  for (const id of kept) if (!ids.has(id)) keep(KEPT + id, undefined)
  for (const one of list) keep(KEPT + one.id, one)
  kept = ids
})

let sending = false
let tries = 0
/** Asked before a conversation begins; the page may add attributes. */
let beforeStart: () => Promise<Record<string, unknown>> = async () => ({})

export function onStart(ask: typeof beforeStart): void {
  beforeStart = ask
}

export function write(message: Omit<Waiting, 'id' | 'at'>): void {
  const at = new Date().toISOString()
  waiting.value = [...waiting.value, { ...message, id: newId(), at }]
  void flush()
}

export function retry(id: string): void {
  waiting.value = waiting.value.map((one) => {
    const { failed, ...rest } = one
    return one.id === id ? rest : one
  })
  void flush()
}

export function discard(id: string): void {
  waiting.value = waiting.value.filter((one) => one.id !== id)
}

/** Nothing of one visitor is ever sent as another. */
export function dropAll(): void {
  waiting.value = []
  for (const name of keptBelow(KEPT)) keep(name, undefined)
}

/** In order, one at a time; a network that is away is tried again by itself. */
export async function flush(): Promise<void> {
  if (sending) return
  sending = true
  try {
    for (;;) {
      const next = waiting.value.find(({ failed }) => failed === undefined)
      if (!next) break
      const written = await post(next)
      tries = 0
      await settle(next, written)
    }
  } catch (error) {
    if (!(error instanceof Away)) throw error
    const wait = AGAIN_MS[Math.min(tries++, AGAIN_MS.length - 1)]
    setTimeout(flush, wait)
  } finally {
    sending = false
  }
}

async function post(message: Waiting): Promise<Written | undefined> {
  const { id, content, conversationId } = message
  const body = { id, content, attachments: message.attachments.map((file) => file.id) }
  try {
    if (conversationId !== null) {
      return await call<Written>(`/conversations/${conversationId}/messages`, { body })
    }
    const added = await beforeStart()
    // Dropped while the page was asked.
    if (!waiting.value.some((one) => one.id === id)) return undefined
    const contact = { ...message.contact, custom_attributes: { ...custom(message), ...added } }
    const conversation = message.conversation
    const begun = { message: body, contact, ...(conversation ? { conversation } : {}) }
    return await call<Written>('/conversations', { body: begun })
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    if (error.code === 'not_found' && conversationId !== null) {
      // Of a session that is lost: it begins another conversation.
      move(conversationId, null)
      clear()
    } else if (error.code === 'conversation_goes_on') {
      // Begun in another tab meanwhile.
      move(null, Number(error.details.conversation_id))
      await resync()
    } else failed(id, error.code)
    return undefined
  }
}

const custom = ({ contact }: Waiting) =>
  contact?.custom_attributes as Record<string, unknown> | undefined

async function settle(message: Waiting, written: Written | undefined): Promise<void> {
  if (!written) return
  const { conversation } = written
  enterFeed(written.feed_id)
  discard(message.id)
  // Messages written meanwhile go into the conversation that this one began.
  if (message.conversationId === null) move(null, conversation.id)
  put(conversation)
  const at = place.value
  if (message.conversationId === null && at.page === 'talk' && at.id === null) {
    await openTalk(conversation)
  }
  if (isTalk(conversation.id)) merge([written.message])
}

/** By an earlier page, in the order it was written; another tab may still be sending it. */
function left(): Waiting[] {
  return keptBelow(KEPT)
    .sort()
    .flatMap((name) => readKept<Waiting>(name) ?? [])
}

function move(from: number | null, to: number | null): void {
  waiting.value = waiting.value.map((one) =>
    one.conversationId === from ? { ...one, conversationId: to } : one,
  )
}

function failed(id: string, code: string): void {
  waiting.value = waiting.value.map((one) => (one.id === id ? { ...one, failed: code } : one))
}

/** UUID version 7 (RFC 9562): sorts by time. `crypto.randomUUID` is missing where TLS is. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  let time = Date.now()
  for (let at = 5; at >= 0; at--) {
    bytes[at] = time % 256
    time = Math.floor(time / 256)
  }
  bytes[6] = (bytes[6]! & 0x0f) | 0x70
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
