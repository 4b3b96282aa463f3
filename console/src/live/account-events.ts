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

/** Many events, as during an import, are one renewal: a fast one would use up the rate limit. */
const GATHER_MS = 800

/** Whether the stream is open; and since when it is not, for people to know how old this is. */
export function useAccountEvents(): { liveSince: Date | null; lostSince: Date | null } {
  const queries = useQueryClient()
  const [state, setState] = useState<{ liveSince: Date | null; lostSince: Date | null }>({
    liveSince: null,
    lostSince: null,
  })
  useEffect(() => {
    const source = new EventSource(addressOf('/events'))
    const renewal = gathering(queries)
    source.onopen = () => {
      // What happened while nobody listened; a stream that goes on brings it by itself as well.
      void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' })
      setState({ liveSince: new Date(), lostSince: null })
    }
    source.onerror = () =>
      setState(({ lostSince }) => ({ liveSince: null, lostSince: lostSince ?? new Date() }))
    for (const [kind, keysOf] of Object.entries(RENEWS)) {
      source.addEventListener(kind, ({ data }) => renewal.add(keysOf(JSON.parse(data))))
    }
    return () => {
      source.close()
      renewal.stop()
    }
  }, [queries])
  return state
}

function gathering(queries: QueryClient) {
  const waiting = new Map<string, unknown[]>()
  let timer: ReturnType<typeof setTimeout> | undefined
  return {
    add(keys: unknown[][]) {
      for (const key of keys) waiting.set(JSON.stringify(key), key)
      timer ??= setTimeout(() => {
        timer = undefined
        const due = [...waiting.values()]
        waiting.clear()
        for (const queryKey of due) {
          // The list of inboxes alone, not everything that is below its key.
          const exact = queryKey.length === 1 && queryKey[0] === 'inboxes'
          void queries.invalidateQueries({ queryKey, exact })
        }
      }, GATHER_MS)
    },
    stop: () => clearTimeout(timer),
  }
}
