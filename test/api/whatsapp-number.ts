// A connected WhatsApp number, and Meta's webhooks for it as their values.

import type { Database } from '../../db/client.ts'
import { writeCredentials } from '../../db/credentials.ts'
import type { Vault } from '../../db/encryption.ts'
import { createInbox } from '../../messaging/create-inbox.ts'
import { newId } from './meta-inbox.ts'

export type WhatsAppNumber = Awaited<ReturnType<typeof connectNumber>>

const CONTACT = '16505551234'

export async function connectNumber(
  { db, vault }: { db: Database; vault: Vault },
  { accountId }: { accountId: number },
  { phase = 'active' as 'active' | 'importing', wabaId = newId() } = {},
) {
  const numberId = newId()
  const digits = `1555${newId().slice(0, 7).padEnd(7, '0')}`
  const { inboxId } = await createInbox(db, vault, {
    accountId,
    name: 'WhatsApp',
    channel: 'whatsapp_cloud',
    address: `+${digits}`,
    settings: { number: `+${digits}`, phone_number_id: numberId, waba_id: wabaId },
    credentials: {},
  })
  const credentials = { access_token: 'EAA-business-token' }
  await writeCredentials(db, vault, { accountId, inboxId }, credentials, new Date())
  await db
    .updateTable('inboxes')
    .set({
      phase,
      provider_ids: [numberId, wabaId],
      held_since: phase === 'importing' ? new Date() : null,
    })
    .where('id', '=', inboxId)
    .execute()

  return { accountId, ...webhooksOf({ id: numberId, wabaId, number: `+${digits}` }, inboxId) }
}

/** What Meta tells of a number. */
export function webhooksOf(
  { id: numberId, wabaId, number }: { id: string; wabaId: string; number: string },
  inboxId: number,
) {
  const digits = number.slice(1)
  let ids = 0
  const metadata = { display_phone_number: digits, phone_number_id: numberId }
  const wamid = () => `wamid.${inboxId}.${++ids}`
  const seconds = (at: number) => String(Math.floor(at / 1000))
  const change = (field: string, value: object, time?: number) => ({
    id: wabaId,
    ...(time === undefined ? {} : { time }),
    changes: [{ field, value: { messaging_product: 'whatsapp', metadata, ...value } }],
  })
  const contacts = [{ profile: { name: 'Sheena' }, wa_id: CONTACT }]
  const written = (more: object, at = Date.now()) => ({
    from: CONTACT,
    id: wamid(),
    timestamp: seconds(at),
    ...more,
  })
  return {
    inboxId,
    wabaId,
    numberId,
    digits,
    contact: CONTACT,
    change,
    written,
    text: (body: string) => written({ type: 'text', text: { body } }),
    messages: (...messages: object[]) => change('messages', { contacts, messages }),
    statuses: (...statuses: object[]) => change('messages', { statuses }),
    echoes: (...echoes: object[]) =>
      change('smb_message_echoes', {
        message_echoes: echoes.map((echo) => ({ ...echo, from: digits, to: CONTACT })),
      }),
    /** About the whole account, as Meta words it. */
    account: (event: string, time: number, more: object = {}) => ({
      id: wabaId,
      time,
      changes: [{ field: 'account_update', value: { event, ...more } }],
    }),
    /** A chunk of `count` messages in threads of ten. */
    history: (count: number, phase: number, progress: number, from = 0) =>
      change('history', {
        history: [
          {
            metadata: { phase, chunk_order: 1, progress },
            threads: Array.from({ length: Math.ceil(count / 10) }, (_, thread) => ({
              id: `1650666${String(thread + from).padStart(4, '0')}`,
              messages: Array.from({ length: 10 }, (_, at) => {
                const contact = `1650666${String(thread + from).padStart(4, '0')}`
                const ours = at % 2 === 1
                return {
                  from: ours ? digits : contact,
                  ...(ours ? { to: contact } : {}),
                  id: `wamid.history.${inboxId}.${thread + from}.${at}`,
                  timestamp: seconds(Date.now() - 86_400_000 * 10 + at * 60_000),
                  type: 'text',
                  text: { body: `message ${at} of thread ${thread + from}: olá!` },
                  history_context: { status: 'READ' },
                }
              }),
            })),
          },
        ],
      }),
    historyRefused: () => change('history', { history: [{ errors: [{ code: 2593109 }] }] }),
  }
}
