// A connected page with its Instagram account, and Meta's webhooks for it, signed as Meta signs them.
import { randomInt } from 'node:crypto'
import { writeCredentials } from '../../db/credentials.ts'
import { createInbox } from '../../messaging/create-inbox.ts'
import { signatureOf, wireBody } from '../simulators/meta/webhook.ts'
import type { ApiUnderTest, TestAccount } from './api-under-test.ts'

export const META_ENV = {
  META_APP_ID: '123456789',
  META_APP_SECRET: 'the-secret-of-the-app',
  META_VERIFY_TOKEN: 'the-token-to-verify',
}
const SECRET = META_ENV.META_APP_SECRET

export type MetaInbox = Awaited<ReturnType<typeof connectPage>>

export const newId = () => String(randomInt(1e9, 1e12))

export async function connectPage(
  { db, vault }: Pick<ApiUnderTest, 'db' | 'vault'>,
  { accountId }: Pick<TestAccount, 'accountId'>,
) {
  const [pageId, instagramId] = [newId(), newId()]
  const { inboxId } = await createInbox(db, vault, {
    accountId,
    name: 'Shop',
    channel: 'instagram',
    address: pageId,
    settings: { page_id: pageId, instagram_id: instagramId },
    credentials: {},
  })
  const credentials = { page_token: 'EAA-page-token' }
  await writeCredentials(db, vault, { accountId, inboxId }, credentials, new Date())
  await db
    .updateTable('inboxes')
    .set({ phase: 'active', provider_ids: [pageId, instagramId] })
    .where('id', '=', inboxId)
    .execute()

  return { accountId, inboxId, pageId, instagramId, ...eventsOf({ instagramId, inboxId }) }
}

/** Events of an Instagram account as Meta words them. */
export function eventsOf({ instagramId, inboxId }: { instagramId: string; inboxId: number }) {
  let mids = 0
  const entry = (messaging: object[], where: 'messaging' | 'standby' = 'messaging') => ({
    id: instagramId,
    time: Date.now(),
    [where]: messaging,
  })
  /** An event between a contact and the account. */
  const event = <T extends object>(what: T, contact = CONTACT, at = Date.now()) => ({
    sender: { id: contact },
    recipient: { id: instagramId },
    timestamp: at,
    ...what,
  })
  return {
    entry,
    event,
    /** What a contact wrote, or what the account wrote elsewhere. */
    message: (text: string, more: object = {}, at = Date.now()) =>
      event({ message: { mid: `mid-${inboxId}-${++mids}`, text, ...more } }, CONTACT, at),
    echo: (text: string, more: object = {}) => ({
      ...event({ message: { mid: `mid-${inboxId}-${++mids}`, text, is_echo: true, ...more } }),
      sender: { id: instagramId },
      recipient: { id: CONTACT },
    }),
  }
}

const CONTACT = '5550000000000001'

/** A batch as Meta sends it. */
export async function pushMeta(
  { app }: Pick<ApiUnderTest, 'app'>,
  entry: object[],
  { object = 'instagram', secret = SECRET, body = wireBody({ object, entry }) } = {},
) {
  const reply = await app.inject({
    method: 'POST',
    url: '/webhooks/meta',
    headers: {
      'content-type': 'application/json',
      'x-hub-signature-256': signatureOf(secret, body),
    },
    payload: body,
  })
  return { status: reply.statusCode, body: reply.body }
}
