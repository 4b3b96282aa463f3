// A filled-in form, as the call that makes an inbox of it.
import { api, dataOf, here } from '../../api/client.ts'
import type { Inbox } from '../../api/shapes.ts'
import type { SignedUp } from '../meta-popup.ts'
import { serverBody } from '../server-fields.tsx'
import { domainLines } from '../widget/widget-draft.ts'
import type { InboxDraft } from './inbox-draft.ts'

export interface Options {
  agentIds: number[]
  /** Days of history; null: all of it. */
  days: number | null
  claudiaAfterImport: 'release' | 'keep_off'
}

export interface Made {
  inbox: Inbox
  /** Where a person signs in for it; null when nobody has to. */
  signInUrl: string | null
}

/**
 * @param key the same for every try of one form, so that it never becomes two inboxes
 * @param signedUp what Meta's popup brought, when it was opened for this
 */
export async function connectInbox(
  draft: InboxDraft,
  options: Options,
  key: string,
  signedUp: SignedUp | null,
): Promise<Made> {
  const call = { params: here(), headers: { 'idempotency-key': key } }
  const shared = { name: draft.name, agent_ids: options.agentIds, join_default_rules: true }
  if (draft.channel === 'web_widget') {
    const body = { ...shared, ...draft.look, domains: domainLines(draft.domains) }
    const widgets = '/api/v1/accounts/{account_id}/widgets'
    return { inbox: await dataOf(api.POST(widgets, { ...call, body })), signInUrl: null }
  }
  const { channel, address, whatsapp, facebook } = draft
  const inboxes = '/api/v1/accounts/{account_id}/inboxes'
  if (channel === 'instagram') {
    const made = api.POST(`${inboxes}/instagram`, { ...call, body: { ...shared, ...facebook } })
    return { inbox: await dataOf(made), signInUrl: null }
  }
  if (channel === 'whatsapp_twilio') {
    const { phone_number, account_sid, auth_token } = whatsapp
    const body = { ...shared, phone_number, account_sid, auth_token }
    const made = api.POST(`${inboxes}/whatsapp_twilio`, { ...call, body })
    return { inbox: await dataOf(made), signInUrl: null }
  }
  if (signedUp !== null) {
    const claudia_after_import = options.claudiaAfterImport
    const body = { ...shared, ...signedUp, claudia_after_import }
    // Each code is another try: it is good once, whatever became of the one before.
    const made = api.POST(`${inboxes}/whatsapp_cloud/sign_up`, { params: here(), body })
    return { inbox: await dataOf(made), signInUrl: null }
  }
  if (channel === 'whatsapp_cloud') {
    const { phone_number, phone_number_id, waba_id, access_token } = whatsapp
    const body = { ...shared, phone_number, phone_number_id, waba_id, access_token }
    const made = api.POST(`${inboxes}/whatsapp_cloud`, { ...call, body })
    return { inbox: await dataOf(made), signInUrl: null }
  }
  const servers =
    channel === 'email'
      ? { imap: serverBody('imap', draft.imap), smtp: serverBody('smtp', draft.smtp) }
      : {}
  const { authorization, ...inbox } = await dataOf(
    api.POST(inboxes, {
      ...call,
      body: {
        ...shared,
        ...servers,
        channel,
        address,
        import: options.days === null ? { kind: 'all' } : { kind: 'days', days: options.days },
        claudia_after_import: options.claudiaAfterImport,
      },
    }),
  )
  return { inbox, signInUrl: authorization?.url ?? null }
}
