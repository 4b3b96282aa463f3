// What is committed is woken, whatever becomes of the others.
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { askInbox } from '../../db/outbox.ts'
import type { TemporalVerbs } from '../../temporal/client.ts'
import { startRelay } from '../../workers/relay.ts'
import { mail, openMailroom } from '../messaging/mailroom.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { waitFor } from '../support/wait-for.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database?.drop())

/** Temporal as the relay sees it: what was woken, and what it refuses to wake. */
function temporalRefusing(refused: Set<string>) {
  const woken: string[] = []
  const wake = async (ref: { inboxId?: number; conversationId?: number }) => {
    const name = nameOf(ref)
    if (refused.has(name)) throw new Error('workflow is busy')
    woken.push(name)
  }
  const verbs = {
    wakeInbox: wake,
    wakeConversation: wake,
    wakeSend: wake,
    wakeNotices: wake,
    wakeWebhooks: wake,
    runningInboxes: async () => new Set<number>(),
    startInbox: async () => {},
    ensureCaretakers: async () => {},
  }
  return { woken, verbs: verbs as unknown as TemporalVerbs }
}

const nameOf = ({ inboxId, conversationId }: { inboxId?: number; conversationId?: number }) =>
  conversationId === undefined ? `inbox/${inboxId}` : `conversation/${conversationId}`

test('a wake that fails holds up no other of its topic, nor the topics after it', async () => {
  const { db, url: databaseUrl } = database
  const [first, second] = [await openMailroom(db), await openMailroom(db)]
  await askInbox(db, first, 'changed')
  await askInbox(db, second, 'changed')
  await second.live([mail({}), mail({ from: 'bia@x.test' })])
  const conversations = await second.conversations()
  const [one, other] = conversations.map(({ id: conversationId }) => nameOf({ conversationId }))
  const refused = new Set([nameOf({ inboxId: first.inboxId }), one!])
  const { woken, verbs } = temporalRefusing(refused)
  const relay = await startRelay({
    db,
    databaseUrl,
    temporal: verbs,
    logger: pino({ level: 'silent' }),
  })
  try {
    await waitFor(() => woken.includes(other!), { what: 'the other conversation' })
    expect(woken).toContain(nameOf({ inboxId: second.inboxId }))
    refused.clear()
    await askInbox(db, second, 'changed')
    await waitFor(
      () => woken.includes(one!) && woken.includes(nameOf({ inboxId: first.inboxId })),
      {
        what: 'what was refused before',
      },
    )
  } finally {
    await relay.stop()
  }
})
