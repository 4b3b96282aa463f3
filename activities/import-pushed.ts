// History that a provider pushes in chunks: stored like a mailbox's, in silence, page by page. The
// hold ends with the last chunk, or when none has come for long enough.

import type { PushedHistory } from '../channels/channel.ts'
import { takeFence } from '../db/channel-cursors.ts'
import type { DeliveryRow } from '../db/inbound-deliveries.ts'
import { markImported, nextHistoryChunk } from '../db/pushed-history.ts'
import type { PushedWindow } from '../messaging/note-history.ts'
import { storeHistory } from '../messaging/store-history.ts'
import type { ImportInput } from '../temporal/contracts.ts'
import { createPhoneShares } from './ask-phone.ts'
import type { ActivityDeps } from './deps.ts'
import { again } from './failures.ts'
import type { ImportRow } from './state/import-state.ts'
import { HAND_OVER_MS } from './sync-outcome.ts'
import { yieldToLive } from './yield-to-live.ts'

/** Nothing has come for so long after a first piece: a phone that is off sends no more. */
const SILENCE_MS = 6 * 3_600_000
/** Since the phone was asked: longer nothing is held. */
const LIMIT_MS = 24 * 3_600_000

/** Where the import of a chunk goes on. */
interface Position {
  importId: number
  chunk: number
  at: number
}

export function createPushedImport(deps: ActivityDeps) {
  const { db, clock, tuning } = deps
  const { askShares } = createPhoneShares(deps)

  /** Until nothing waits. Throws when more may come; returns when the history is over. */
  async function importChunks(
    input: ImportInput,
    history: PushedHistory,
    read: () => Promise<ImportRow | undefined>,
    leaving: AbortSignal,
  ): Promise<void> {
    await askShares(input, history)
    for (;;) {
      const row = await read()
      if (!row) return
      const chunk = await nextHistoryChunk(db, input)
      if (!chunk) {
        const waitMs = msUntilOver(row, clock())
        if (waitMs <= 0) return
        throw again(
          'The phone may send more history',
          Math.min(waitMs, tuning.pushedHistoryEveryMs),
        )
      }
      await importChunk(input, history, chunk, leaving)
      await markImported(db, { accountId: input.accountId, id: chunk.id })
    }
  }

  async function importChunk(
    input: ImportInput,
    history: PushedHistory,
    { id, content_type, query, body, received_at }: DeliveryRow,
    leaving: AbortSignal,
  ): Promise<void> {
    const part = { contentType: content_type, query, body }
    const messages = history.messagesOf(part, received_at)
    const { fence, cursor } = await takeFence(db, { ...input, folder: '', kind: 'history' })
    const position = cursor as Position | undefined
    const isSame = position?.chunk === id && position.importId === input.importId
    for (let at = isSame ? position.at : 0; at < messages.length; at += tuning.importPage) {
      await yieldToLive(db, leaving)
      if (leaving.aborted) throw again('This worker lets go of the import', HAND_OVER_MS)
      const page = messages.slice(at, at + tuning.importPage)
      const next: Position = {
        importId: input.importId,
        chunk: id,
        at: at + page.length,
      }
      const target = { ...input, folder: '', fence, nextCursor: next, now: clock() }
      await storeHistory(db, target, { messages: page, poison: [], bytes: 0 })
    }
  }

  return { importChunks }
}

function msUntilOver({ import_window, progress_at, started_at }: ImportRow, now: Date): number {
  const { end, progress } = import_window as PushedWindow
  if (end !== null) return 0
  const limit = started_at.getTime() + LIMIT_MS
  const over = progress === null ? limit : Math.min(limit, progress_at.getTime() + SILENCE_MS)
  return over - now.getTime()
}
