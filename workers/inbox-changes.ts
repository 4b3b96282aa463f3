// One LISTEN connection per process; each watcher hears of its own inbox only.

import type { InboxChanges } from '../activities/deps.ts'
import { listen } from '../db/client.ts'

export interface ListeningChanges extends InboxChanges {
  end(): Promise<void>
}

export async function listenToInboxChanges(databaseUrl: string): Promise<ListeningChanges> {
  const watchers = new Map<number, Set<() => void>>()
  const tell = (inboxId: number) => {
    for (const changed of watchers.get(inboxId) ?? []) changed()
  }
  const listener = await listen(
    databaseUrl,
    'inbox_changed',
    (payload) => tell(Number(payload)),
    // After a reconnect: notices may have been missed, so everybody looks at the row.
    () => {
      for (const inboxId of watchers.keys()) tell(inboxId)
    },
  )
  return {
    subscribe(inboxId, changed) {
      const mine = watchers.get(inboxId) ?? new Set()
      watchers.set(inboxId, mine.add(changed))
      return () => {
        mine.delete(changed)
        if (mine.size === 0 && watchers.get(inboxId) === mine) watchers.delete(inboxId)
      }
    },
    end: () => listener.end(),
  }
}
