// A mailroom with rules of its own, whose conversation is handled at the time the test says.
import type { Database } from '../../db/client.ts'
import type { Condition, RuleEvent } from '../../domain/automation.ts'
import type { RuleAction } from '../../domain/rule-actions.ts'
import { handleConversation } from '../../messaging/handle-conversation.ts'
import { type Mailroom, mail, now, openMailroom } from './mailroom.ts'

export type RuleRoom = Awaited<ReturnType<typeof openRuleRoom>>
export const minutesLater = (minutes: number) => new Date(now.getTime() + minutes * 60_000)
const ALWAYS: Condition = { all: [] }

export interface RuleOptions {
  event?: RuleEvent
  conditions?: Condition
  once?: boolean
}

/** Without the default rules: only what a test adds runs. */
export async function openRuleRoom(db: Database) {
  const room: Mailroom = await openMailroom(db)
  const { accountId } = room
  await db
    .updateTable('automation_rules')
    .set({ active: false })
    .where('account_id', '=', accountId)
    .execute()
  const only = async () => (await room.conversations())[0]!

  return {
    ...room,
    only,
    async rule(actions: RuleAction[], { event, conditions, once }: RuleOptions = {}) {
      const { id } = await db
        .insertInto('automation_rules')
        .values({
          account_id: accountId,
          name: 'Rule',
          event: event ?? 'conversation_created',
          conditions: conditions ?? ALWAYS,
          actions,
          once_per_conversation: once ?? false,
        })
        .returning('id')
        .executeTakeFirstOrThrow()
      return id
    },
    async handle(at = now) {
      const { id } = await only()
      return handleConversation(db, { accountId, conversationId: id, now: at })
    },
    /** An answer of the contact in the conversation. */
    async reply(at: Date, automatic = false) {
      const [first] = await room.messages()
      await room.live([mail({ replyTo: [first!.source_id!], at, automatic })])
    },
    async receipts() {
      const rows = await db
        .selectFrom('action_receipts')
        .select(['action', 'outcome', 'reason'])
        .where('account_id', '=', accountId)
        .orderBy('run_id')
        .orderBy('step')
        .execute()
      return rows.map(({ action, outcome, reason }) => [action, outcome, reason])
    },
    sent: async () =>
      (await room.messages())
        .filter(({ direction }) => direction === 'outgoing')
        .map(({ content }) => content),
  }
}
