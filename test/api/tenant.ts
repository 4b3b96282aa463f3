// One thing of every kind that an account can have, each marked so that it would be seen elsewhere.
import { sql } from 'kysely'
import { saveConsent } from '../../db/consents.ts'
import { CLAUDIA, insertUser } from '../../db/users.ts'
import { type ApiUnderTest, emailForm, type TestAccount } from './api-under-test.ts'
import { connectTwilio } from './twilio-inbox.ts'

/** Ids by the word before them in a path. */
export type Things = Awaited<ReturnType<typeof furnish>>

/** Everything of it carries `mark`. */
export async function furnish(api: ApiUnderTest, account: TestAccount, mark: string) {
  const { db, call, storage, vault } = api
  const { accountId, adminId } = account
  const post = async (path: string, payload: object) => {
    const { status, body } = await call(account, 'POST', path, { payload })
    if (status >= 300) throw new Error(`POST ${path}: ${status} ${JSON.stringify(body)}`)
    return body.id as number
  }
  const insert = async (table: string, values: Record<string, unknown>) => {
    const { rows } = await sql<{ id: number }>`
      insert into ${sql.table(table)} (account_id, ${sql.join(Object.keys(values).map((key) => sql.ref(key)))})
      values (${accountId}, ${sql.join(Object.values(values).map((value) => sql.val(value)))})
      returning id`.execute(db)
    return rows[0]!.id
  }
  const now = new Date()

  const agents = await post('/agents', {
    name: mark,
    email: `agent@${mark}.example`,
    role: 'agent',
  })
  const inboxes = await post('/inboxes', {
    ...emailForm(`inbox@${mark}.example`),
    name: mark,
    agent_ids: [agents],
  })
  const widgets = await post('/widgets', { name: mark })
  const identity_tokens = await post(`/widgets/${widgets}/identity_tokens`, {})
  const contacts = await insert('contacts', { name: mark, email: `contact@${mark}.example` })
  const conversations = await insert('conversations', {
    display_id: 1000,
    inbox_id: inboxes,
    contact_id: contacts,
    subject: mark,
    first_message_at: now,
    last_message_at: now,
  })
  const messages = await post(`/conversations/${conversations}/messages`, { content: mark })
  // What could be sent again is not refused for its state.
  await db.updateTable('messages').set({ status: 'failed' }).where('id', '=', messages).execute()
  const storageKey = `${accountId}/aa/${mark}`
  await storage.put(storageKey, Buffer.from(mark))
  const attachments = await insert('attachments', {
    message_id: messages,
    position: 0,
    file_name: `${mark}.txt`,
    content_type: 'text/plain',
    size: mark.length,
    state: 'stored',
    storage_key: storageKey,
  })
  const quarantine = await insert('quarantine', {
    inbox_id: inboxes,
    folder: 'INBOX',
    uidvalidity: 1,
    uid: 1,
    arrival: 'live',
    reason: 'not_understood',
    evidence: mark,
  })
  const notifications = await insert('notifications', {
    user_id: adminId,
    inbox_id: inboxes,
    kind: `test.${mark}`,
  })
  const webhooks = await post('/webhooks', {
    url: `https://${mark}.example/hook`,
    events: ['inbox.recovered'],
  })
  const api_keys = await post('/api_keys', { name: mark, role: 'agent' })
  const person = { accountId, name: mark, email: `claudia@${mark}.example` }
  const { id: bots } = await insertUser(db, { ...person, role: 'bot', key: CLAUDIA })
  const secret = vault.seal({ accountId, row: `bots/${bots}` }, 'a secret of the bot')
  await sql`
    insert into bots (account_id, user_id, endpoint, key_id, secret_ciphertext)
    values (${accountId}, ${bots}, ${`https://${mark}.example/bot`}, ${secret.keyId},
      ${secret.ciphertext})`.execute(db)
  const rules = await insert('automation_rules', {
    name: mark,
    event: 'message_created',
    conditions: { all: [] },
    actions: [{ action: 'mute' }],
  })
  await insert('rule_runs', {
    rule_id: rules,
    inbox_id: inboxes,
    conversation_id: conversations,
    message_id: messages,
    seq: 1,
    event: `test.${mark}`,
    explanation: '{}',
  })
  const webhook_deliveries = await insert('webhook_deliveries', {
    webhook_id: webhooks,
    inbox_id: inboxes,
    conversation_id: conversations,
    event: 'message.created',
    evidence: mark,
  })
  const privacy_requests = await insert('privacy_requests', {
    kind: 'export',
    contact_id: contacts,
    status: 'done',
    reason: mark,
    requested_by: adminId,
    storage_key: storageKey,
  })
  const whatsapp = await connectTwilio(api, account, { number: `+1415555${accountId}${accountId}` })
  await whatsapp.push(whatsapp.text(mark))
  const { id: deliveries } = await db
    .selectFrom('inbound_deliveries')
    .select('id')
    .where('inbox_id', '=', whatsapp.inboxId)
    .executeTakeFirstOrThrow()
  const { draftId: sign_ins } = await saveConsent(db, vault, { accountId, inboxId: 0 }, mark, {
    channel: 'instagram',
  })
  const teams = await post('/teams', { name: mark })
  const custom_attribute_definitions = await post('/custom_attribute_definitions', {
    target: 'contact',
    key: 'plan',
    name: mark,
    type: 'text',
  })
  const { id: imports } = await db
    .selectFrom('imports')
    .select('id')
    .where('inbox_id', '=', inboxes)
    .executeTakeFirstOrThrow()
  return {
    agents,
    inboxes,
    widgets,
    identity_tokens,
    members: agents,
    contacts,
    conversations,
    messages,
    attachments,
    quarantine,
    notifications,
    webhooks,
    api_keys,
    bots,
    rules,
    privacy_requests,
    deliveries,
    webhook_deliveries,
    teams,
    custom_attribute_definitions,
    imports,
    sign_ins,
  }
}

/** Every row of the account in every table, to be compared. */
export async function rowsOf(
  { db }: ApiUnderTest,
  { accountId }: TestAccount,
): Promise<Record<string, string[]>> {
  const { rows: tables } = await sql<{ name: string }>`
    select table_name as name from information_schema.columns
    where table_schema = 'public' and column_name = 'account_id' order by 1`.execute(db)
  const found: Record<string, string[]> = {}
  for (const { name } of tables) {
    const { rows } = await sql<{ row: string }>`
      select to_jsonb(t)::text as row from ${sql.table(name)} t
      where account_id = ${accountId} order by 1`.execute(db)
    found[name] = rows.map(({ row }) => row)
  }
  return found
}
