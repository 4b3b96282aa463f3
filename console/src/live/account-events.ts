// One stream of the account's events renews what is on the screen. Events carry ids only.
import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { addressOf } from '../api/client.ts'

interface EventData {
  inbox_id?: number
  conversation_id?: number
}

/** What each kind of event makes old. */
const RENEWS: Record<string, (data: EventData) => unknown[][]> = {
  'inbox.created': () => [['inboxes']],
  'inbox.updated': ({ inbox_id }) => [['inboxes'], ['inboxes', inbox_id]],
  'import.progress': ({ inbox_id }) => [['inboxes', inbox_id], ['inboxes']],
  'message.created': renewConversation,
  'message.updated': renewConversation,
  'conversation.updated': renewConversation,
  'conversation.merged': () => [['conversations']],
  'notification.created': () => [['notifications'], ['inboxes']],
}

function renewConversation({ conversation_id }: EventData): unknown[][] {
  return [
    ['conversations', 'list'],
    ['conversations', conversation_id],
  ]
}

/** At least between two renewals: events as many as an import's would use up the rate limit. */
const GATHER_MS = 800
/** What belongs together comes within this. */
const TOGETHER_MS = 20

/** The stream says every 20 s that it is there: after two silences it is dead, whatever TCP says. */
const SILENCE_MS = 45_000
/** Between two tries to open it. */
const AGAIN_MS = 3_000

/** Since when nothing has come, for people to know how old this is; null: it is live. */
export function useAccountEvents(): Date | null {
  const queries = useQueryClient()
  const [lostSince, setLostSince] = useState<Date | null>(null)
  useEffect(() => {
    const renewal = gathering(queries)
    const stream = keptOpen({
      onOpen() {
        // What happened while nobody listened: all of it is read again.
        void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' })
        setLostSince(null)
      },
      onLost: (heard) => setLostSince((before) => before ?? heard),
      onEvent: (keys) => renewal.add(keys),
    })
    return () => {
      stream.close()
      renewal.stop()
    }
  }, [queries])
  return lostSince
}

interface Listener {
  onOpen: () => void
  /** @param heard the last sign of life */
  onLost: (heard: Date) => void
  onEvent: (keys: unknown[][]) => void
}

/**
 * A stream that is opened anew whenever it ends, errs or falls silent. EventSource alone would give up
 * at the first answer that is no stream, such as a proxy's during a deployment.
 */
function keptOpen({ onOpen, onLost, onEvent }: Listener) {
  let source: EventSource | undefined
  let again: ReturnType<typeof setTimeout> | undefined
  let heard = new Date()

  const open = () => {
    clearTimeout(again)
    source?.close()
    const stream = new EventSource(addressOf('/events'))
    source = stream
    const hear = () => {
      heard = new Date()
      clearTimeout(again)
      again = setTimeout(lose, SILENCE_MS)
    }
    stream.onopen = () => {
      hear()
      onOpen()
    }
    stream.onerror = lose
    stream.addEventListener('alive', hear)
    for (const [kind, keysOf] of Object.entries(RENEWS)) {
      stream.addEventListener(kind, ({ data }) => {
        hear()
        onEvent(keysOf(JSON.parse(data)))
      })
    }
    again = setTimeout(lose, SILENCE_MS)
  }
  const lose = () => {
    source?.close()
    onLost(heard)
    clearTimeout(again)
    again = setTimeout(open, AGAIN_MS)
  }
  window.addEventListener('offline', lose)
  window.addEventListener('online', open)
  open()
  return {
    close() {
      window.removeEventListener('offline', lose)
      window.removeEventListener('online', open)
      clearTimeout(again)
      source?.close()
    },
  }
}

function gathering(queries: QueryClient) {
  const waiting = new Map<string, unknown[]>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let renewed = 0
  return {
    add(keys: unknown[][]) {
      for (const key of keys) waiting.set(JSON.stringify(key), key)
      // The first after a quiet while is shown at once.
      const wait = Math.max(TOGETHER_MS, renewed + GATHER_MS - Date.now())
      timer ??= setTimeout(() => {
        timer = undefined
        renewed = Date.now()
        const due = [...waiting.values()]
        waiting.clear()
        for (const queryKey of due) {
          // The list of inboxes alone, not everything that is below its key.
          const exact = queryKey.length === 1 && queryKey[0] === 'inboxes'
          void queries.invalidateQueries({ queryKey, exact })
        }
      }, wait)
    },
    stop: () => clearTimeout(timer),
  }
}
