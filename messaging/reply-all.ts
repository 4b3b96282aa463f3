// Whom an answer to everybody goes to, beside the contact.

import type { MailRecipient } from '../channels/channel.ts'
import type { Trx } from '../db/client.ts'
import { readsAt } from '../db/reading-order.ts'

interface Addressed {
  to?: MailRecipient[]
  cc?: MailRecipient[]
  reply_to?: MailRecipient[]
}

/** Everybody the newest mail of the contact went to, without the contact and the inbox itself. */
export async function othersOfLastMail(
  trx: Trx,
  accountId: number,
  conversationId: number,
): Promise<MailRecipient[]> {
  const mail = await trx
    .selectFrom('messages as m')
    .innerJoin('inboxes as i', (join) =>
      join.onRef('i.account_id', '=', 'm.account_id').onRef('i.id', '=', 'm.inbox_id'),
    )
    .leftJoin('contacts as c', (join) =>
      join.onRef('c.account_id', '=', 'm.account_id').onRef('c.id', '=', 'm.contact_id'),
    )
    .select(['m.content_attributes', 'i.address', 'i.settings', 'c.email'])
    .where('m.account_id', '=', accountId)
    .where('m.conversation_id', '=', conversationId)
    .where('m.direction', '=', 'incoming')
    .orderBy(readsAt('m'), 'desc')
    .orderBy('m.id', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!mail) return []
  const { to = [], cc = [] } = mail.content_attributes as Addressed
  const { aliases = [] } = mail.settings as { aliases?: string[] }
  const known = [mail.address, ...aliases, mail.email ?? '']
  const seen = new Set(known.map((address) => address.toLowerCase()))
  return [...to, ...cc].filter(({ address }) => {
    const key = address.toLowerCase()
    const isNew = key !== '' && !seen.has(key)
    seen.add(key)
    return isNew
  })
}
