// A page says who its visitor is. Whether a back end vouched for that was judged before.

import { sql } from 'kysely'
import { addAccountEvents } from '../db/account-events.ts'
import { type Database, inTransaction, type Trx } from '../db/client.ts'
import {
  lockWidgetSession,
  updateWidgetSession,
  type VisitorProfile,
  type WidgetSessionRow,
} from '../db/widget-sessions.ts'
import { placeVisitor, withTold } from './visitor-contact.ts'

export interface Claims {
  /** Absent: only facts about whoever it is. */
  identifier?: string | undefined
  /** The site's back end signed the identifier. */
  verified: boolean
  /** Only what was told; a null custom attribute is taken away. */
  profile: VisitorProfile
}

/** The session is another visitor's: the browser begins a new one for this one. */
export class AnotherVisitor extends Error {
  constructor() {
    super('The session belongs to another identifier')
    this.name = 'AnotherVisitor'
  }
}

/** The session as it is then. @throws AnotherVisitor */
export function identifyVisitor(
  db: Database,
  ref: Pick<WidgetSessionRow, 'account_id' | 'id'>,
  { identifier, verified, profile }: Claims,
): Promise<WidgetSessionRow> {
  return inTransaction(db, async (trx) => {
    const session = await lockWidgetSession(trx, ref.account_id, ref.id)
    const known = session.identifier
    if (identifier !== undefined && known !== null && known !== identifier) {
      throw new AnotherVisitor()
    }
    const isVerified = session.verified || (verified && identifier !== undefined)
    await updateWidgetSession(trx, session, {
      ...(identifier === undefined ? {} : { identifier }),
      verified: isVerified,
      profile: withTold(session, profile),
    })
    if (isVerified && !session.verified) {
      // The same browser: what it began before belongs to whom it now is.
      await sql`
        update widget_conversations set identifier = ${identifier}
        where account_id = ${session.account_id} and session_id = ${session.id}`.execute(trx)
    }
    const placed = await placeVisitor(trx, session, { create: false })
    if (isVerified !== session.verified || placed.contact_id !== session.contact_id) {
      await tellOfVisitor(trx, session)
    }
    return placed
  })
}

/** Who looks at one of the session's conversations sees another name, or another trust in it. */
async function tellOfVisitor(
  trx: Trx,
  { account_id, id, inbox_id }: WidgetSessionRow,
): Promise<void> {
  const rows = await trx
    .selectFrom('widget_conversations')
    .select('conversation_id')
    .where('account_id', '=', account_id)
    .where('session_id', '=', id)
    .orderBy('conversation_id')
    .execute()
  const events = rows.map(({ conversation_id }) => ({
    kind: 'conversation.updated',
    data: { conversation_id, inbox_id },
  }))
  await addAccountEvents(trx, account_id, events)
}
