// News from the server while the panel is seen. One tab of the browser reads the stream and tells the
// others: browsers allow six connections a host, and people open more tabs than that.
import { batch, computed, effect } from '@preact/signals'
import { Away, Refused, send } from './client.ts'
import { authorization, call, websiteToken } from './session.ts'
import type { Conversation, Message } from './shapes.ts'
import { feed, isShown, isTalk, merge, put, resync, typingUntil } from './store.ts'

type News =
  | { kind: 'message'; data: { conversation: Conversation; message: Message } }
  | { kind: 'conversation'; data: { conversation: Conversation } }
  | { kind: 'typing'; data: { conversation_id: number } }
/** What tabs tell each other. */
interface Told {
  feedId: string
  /** Where the teller was before these news: who is not as far has missed something. */
  from: number
  position: number
  news: News[]
}

const NAME = `cloudchat/${websiteToken}/live`
/** A stream that says nothing for so long is dead: the server comments every 20 seconds. */
const SILENCE_MS = 45_000
const TYPING_MS = 5_000

const followed = computed(() => feed.value.id)
let heard: (message: Message) => void = () => {}
const tabs = typeof BroadcastChannel === 'function' ? new BroadcastChannel(NAME) : undefined
let stop: AbortController | undefined
let isMending = false

/** `onMessage`: an answer has come, once in each tab. */
export function goLive(onMessage: typeof heard): void {
  heard = onMessage
  tabs?.addEventListener('message', ({ data }) => take(data as Told))
  const look = () => {
    if (!isSeen()) leave()
    // Not trusted after a sleep: what a stream claims to be on a phone that was locked says nothing.
    else void catchUp()
  }
  document.addEventListener('visibilitychange', look)
  addEventListener('pageshow', look)
  addEventListener('online', look)
  effect(() => {
    // Another contact has another feed.
    if (isShown.value && followed.value !== '') join()
    else leave()
  })
}

const isSeen = () => isShown.value && document.visibilityState === 'visible'

async function catchUp(): Promise<void> {
  leave()
  try {
    await resync()
  } catch (error) {
    if (error instanceof Refused) return
  }
  join()
}

function leave(): void {
  stop?.abort()
  stop = undefined
}

function join(): void {
  leave()
  const { id } = feed.peek()
  if (id === '' || !isSeen()) return
  const leaving = new AbortController()
  stop = leaving
  const { signal } = leaving
  const run = () => follow(id, signal)
  if (!navigator.locks || !tabs) void run()
  else navigator.locks.request(`${NAME}/${id}`, { signal }, run).catch(() => {})
}

/** Reads until it is told to stop; a stream that does not get through gives way to single questions. */
async function follow(feedId: string, signal: AbortSignal): Promise<void> {
  let failures = 0
  while (!signal.aborted && feed.peek().id === feedId) {
    try {
      // What was asked while the server was away and never answered is asked with it.
      if (failures > 0) await resync()
      if (failures < 3) await readStream(feedId, signal)
      else await askOnce(feedId, signal)
      failures = 0
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof Refused && error.status === 401) return void catchUp()
      failures += 1
    }
    // Also after an end without an error, which a server that stops gives to every stream at once.
    await new Promise((resolve) => setTimeout(resolve, Math.min(500 * 2 ** failures, 10_000)))
  }
}

async function readStream(feedId: string, signal: AbortSignal): Promise<void> {
  const own = new AbortController()
  const end = () => own.abort()
  signal.addEventListener('abort', end)
  let silence = setTimeout(end, SILENCE_MS)
  try {
    const path = `/events?after=${feed.peek().position}`
    const reply = await send(path, { ...authorization(), signal: own.signal })
    if (reply.status === 401) throw new Refused(401, 'session_unknown')
    if (!reply.ok || !reply.body) throw new Away(String(reply.status))
    const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      clearTimeout(silence)
      silence = setTimeout(end, SILENCE_MS)
      text += value
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) tell(feedId, block)
    }
  } finally {
    clearTimeout(silence)
    signal.removeEventListener('abort', end)
  }
}

/** One event of the stream. */
function tell(feedId: string, block: string): void {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1]
  const [kind, data, id] = [field('event'), field('data'), field('id')]
  if (kind === undefined || data === undefined) return
  const position = id === undefined ? feed.peek().position : Number(id)
  share(feedId, position, [{ kind, data: JSON.parse(data) } as News])
}

async function askOnce(feedId: string, signal: AbortSignal): Promise<void> {
  const answer = await call<{ position: number; events: News[] }>(
    `/news?after=${feed.peek().position}`,
    { signal },
  )
  share(feedId, answer.position, answer.events)
}

function share(feedId: string, position: number, news: News[]): void {
  const told = { feedId, from: feed.peek().position, position, news }
  take(told)
  tabs?.postMessage(told)
}

function take({ feedId, from, position, news }: Told): void {
  const own = feed.peek()
  // Another tab has begun the first conversation.
  if (own.id === '') mend()
  if (feedId !== own.id) return
  batch(() => {
    for (const one of news) apply(one)
    if (from <= own.position && position > own.position) feed.value = { id: feedId, position }
  })
  if (from > own.position) mend()
}

/** Asks for everything until it is answered: another tab's news do not go on from where this one is. */
function mend(): void {
  if (isMending) return
  isMending = true
  void askForAll().finally(() => {
    isMending = false
  })
}

async function askForAll(): Promise<void> {
  for (let wait = 500; ; wait = Math.min(wait * 2, 10_000)) {
    try {
      return await resync()
    } catch (error) {
      if (!(error instanceof Away)) return
      await new Promise((resolve) => setTimeout(resolve, wait))
    }
  }
}

function apply(one: News): void {
  if (one.kind === 'typing') {
    if (isTalk(one.data.conversation_id)) typingUntil.value = Date.now() + TYPING_MS
    return
  }
  put(one.data.conversation)
  if (one.kind !== 'message') return
  const { message } = one.data
  if (isTalk(message.conversation_id)) merge([message])
  if (message.direction === 'outgoing') {
    typingUntil.value = 0
    heard(message)
  }
}
