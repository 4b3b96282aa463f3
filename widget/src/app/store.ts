// What is on the screen: conversations, the messages of the open one, what is on its way.
import { batch, computed, signal } from '@preact/signals'
import { Refused } from './client.ts'
import { call, mode } from './session.ts'
import type { Conversation, Conversations, Message, Page } from './shapes.ts'

export type Place = { page: 'list' } | { page: 'history' } | { page: 'talk'; id: number | null }

export const place = signal<Place>({ page: 'talk', id: null })
export const conversations = signal<Conversation[]>([])
/** Of the open conversation, oldest first. */
export const messages = signal<Message[]>([])
/** Where the earlier ones begin; null: there are none. */
export const earlier = signal<string | null>(null)
/** Somebody is answering, until then. */
export const typingUntil = signal(0)
/** The panel is on the screen. */
export const isShown = signal(false)
/** Where the feed has been read to. */
export const feed = signal<{ id: string; position: number }>({ id: '', position: 0 })

/** One that is over and not in the list is kept here while it is read. */
export const opened = signal<Conversation | undefined>(undefined)

export const current = computed<Conversation | undefined>(() => {
  const at = place.value
  if (at.page !== 'talk' || at.id === null) return undefined
  return conversations.value.find(({ id }) => id === at.id) ?? opened.value
})

export const unread = computed(() => conversations.value.reduce((sum, one) => sum + one.unread, 0))

/** Raised by whatever changes the list: an answer that was asked for before that is old. */
let changes = 0
/** The conversation of which there has been a page. */
let loaded: number | undefined

/**
 * Everything anew, then from the feed's position on: at the beginning, after silence, when the visitor
 * has become another contact. What is missed between two reads of the feed is in here.
 */
export async function resync(): Promise<void> {
  let answer: Conversations
  let before: number
  do {
    before = changes
    answer = await call<Conversations>('/conversations')
  } while (before !== changes)
  changes += 1
  const { id, position } = feed.peek()
  const hasMissed = answer.feed.id !== id || answer.feed.position !== position
  batch(() => {
    mode.value = answer.mode
    conversations.value = answer.data
    feed.value = answer.feed
    enterTheOne()
  })
  await loadTalk(hasMissed)
}

/** Where there is one conversation, it is the page. */
function enterTheOne(): void {
  const at = place.value
  const [first] = conversations.value
  if (mode.value === 'one' && at.page === 'talk' && at.id === null && first) {
    place.value = { page: 'talk', id: first.id }
  }
}

/** The first message made a contact, or another one of it: its feed is read from the beginning. */
export function enterFeed(feedId: string): void {
  if (feed.peek().id !== feedId) feed.value = { id: feedId, position: 0 }
}

/** Another visitor: nothing of the one before may stay on the screen. */
export function clear(): void {
  changes += 1
  batch(() => {
    conversations.value = []
    messages.value = []
    earlier.value = null
    opened.value = undefined
    place.value = { page: 'talk', id: null }
    feed.value = { id: '', position: 0 }
  })
}

export async function openTalk(conversation: Conversation | null): Promise<void> {
  loaded = undefined
  batch(() => {
    opened.value = conversation ?? undefined
    messages.value = []
    earlier.value = null
    place.value = { page: 'talk', id: conversation?.id ?? null }
  })
  await loadTalk()
}

/**
 * The newest page. What was known stays beside it only when nothing was missed since: one's own
 * messages are known at once, those of others that came before them may not be.
 */
async function loadTalk(hasMissed = false): Promise<void> {
  const at = place.value
  if (at.page !== 'talk' || at.id === null) return
  const { id } = at
  const known = new Set(messages.value.map((one) => one.id))
  const page = await call<Page<Message>>(`/conversations/${id}/messages`).catch((error) => {
    if (!(error instanceof Refused) || error.status !== 404) throw error
  })
  if (!isTalk(id)) return
  if (!page) return leaveTalk(id)
  batch(() => {
    if (hasMissed || loaded !== id) {
      messages.value = messages.value.filter((one) => !known.has(one.id))
      earlier.value = page.next_cursor
      loaded = id
    }
    merge(page.data)
  })
}

/** It belongs to a session that is over. */
async function leaveTalk(id: number): Promise<void> {
  batch(() => {
    conversations.value = conversations.value.filter((one) => one.id !== id)
    opened.value = undefined
    messages.value = []
    earlier.value = null
    place.value = mode.value === 'several' ? { page: 'list' } : { page: 'talk', id: null }
    enterTheOne()
  })
  await loadTalk()
}

export async function loadEarlier(): Promise<void> {
  const at = place.value
  if (at.page !== 'talk' || at.id === null || earlier.value === null) return
  const cursor = encodeURIComponent(earlier.value)
  const page = await call<Page<Message>>(`/conversations/${at.id}/messages?cursor=${cursor}`)
  if (!isTalk(at.id)) return
  batch(() => {
    earlier.value = page.next_cursor
    merge(page.data)
  })
}

export function isTalk(id: number): boolean {
  const at = place.value
  return at.page === 'talk' && at.id === id
}

/** Each once, in the order of the server. */
export function merge(more: readonly Message[]): void {
  const byId = new Map([...messages.value, ...more].map((one) => [one.id, one]))
  messages.value = [...byId.values()].sort(
    (a, b) => a.sent_at.localeCompare(b.sent_at) || a.id - b.id,
  )
}

/** The newest first; one that is over leaves the list where there are several. */
export function put(conversation: Conversation): void {
  changes += 1
  const others = conversations.value.filter(({ id }) => id !== conversation.id)
  const stays = mode.value === 'one' || conversation.status !== 'resolved'
  batch(() => {
    if (opened.value?.id === conversation.id) opened.value = conversation
    conversations.value = (stays ? [...others, conversation] : others).sort((a, b) =>
      b.last_message_at.localeCompare(a.last_message_at),
    )
    if (!stays && isTalk(conversation.id)) opened.value = conversation
  })
}
