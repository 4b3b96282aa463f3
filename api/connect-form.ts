// A changed form of an inbox: merged over what is stored, checked, and kept encrypted as a draft.
import type { OAuthConnect } from '../channels/channel.ts'
import type { EmailCredentials, EmailSettings } from '../channels/email/settings.ts'
import { validateEmailForm } from '../channels/email/settings.ts'
import { InvalidSettings } from '../channels/errors.ts'
import {
  readWhatsAppForm,
  type SignedUp,
  type WhatsAppConnection,
  type WhatsAppSettings,
} from '../channels/whatsapp-cloud/settings.ts'
import {
  readTwilioForm,
  type TwilioConnection,
  type TwilioCredentials,
  type TwilioSettings,
} from '../channels/whatsapp-twilio/settings.ts'
import { deleteDraft, newestDraft, readDraft, saveDraft } from '../db/connect-drafts.ts'
import { readCredentials } from '../db/credentials.ts'
import type { InboxOptions, InboxRow } from '../db/inboxes.ts'
import type { Locale } from '../locales/texts.ts'
import type { InboxRef } from '../temporal/contracts.ts'
import type { Deps } from './context.ts'
import { inboxUpdate } from './inbox-update.ts'
import type { EditedForm } from './resources/email-form.ts'
import type { EditedTwilio } from './resources/twilio-form.ts'
import type { EditedWhatsApp } from './resources/whatsapp-form.ts'

/** How long webhooks signed with the Auth Token of before are taken: time to promote the new one. */
const ROTATION_MS = 7 * 24 * 3_600_000

export interface EmailForm {
  settings: EmailSettings
  credentials: EmailCredentials
}

/** Without credentials those that are stored go on. */
export type EditedConnection =
  | EmailForm
  | TwilioConnection
  | WhatsAppConnection
  | SignedUp
  | { settings: object }

/**
 * The whole form after the edit; undefined when the edit leaves the connection as it is.
 * @throws InvalidSettings also when a server moves to another host without its password: a stored
 * password is never sent where nobody entered it
 */
export async function editedForm(
  deps: Deps,
  row: InboxRow,
  edit: EditedForm & EditedTwilio & EditedWhatsApp,
): Promise<EditedConnection | undefined> {
  if (row.channel === 'whatsapp_twilio') return editedTwilio(deps, row, edit)
  if (row.channel === 'whatsapp_cloud') return editedWhatsApp(row, edit)
  const { password, imap, smtp, folders, sync_sent, aliases } = edit
  if ([password, imap, smtp, folders, sync_sent, aliases].every((part) => part === undefined)) {
    return undefined
  }
  const { connect } = deps.channels.of(row.channel)
  if (connect.kind === 'oauth') return { settings: changedSettings(connect, row, edit) }
  const stored = row.settings as unknown as EmailSettings
  const old = (await knownCredentials(deps, row)) as EmailCredentials
  const shared = old.smtp_password === undefined || old.smtp_password === old.imap_password
  const form = {
    ...stored,
    ...(folders === undefined ? {} : { folders }),
    ...(sync_sent === undefined ? {} : { sync_sent }),
    ...(aliases === undefined ? {} : { aliases }),
    imap: merged('imap', stored.imap, imap, password ?? old.imap_password, password !== undefined),
    smtp: merged(
      'smtp',
      stored.smtp,
      smtp,
      // One password for both servers was one password: the new one is for both too.
      password ?? (shared ? imap?.password : undefined) ?? old.smtp_password,
      password !== undefined || (shared && imap?.password !== undefined),
    ),
  }
  return validateEmailForm(form, deps.config)
}

/** Folders and the like, for which nobody has to sign in again; there is no server to change. */
function changedSettings(connect: OAuthConnect, row: InboxRow, edit: EditedForm): object {
  for (const field of ['password', 'imap', 'smtp'] as const) {
    if (edit[field] !== undefined) throw new InvalidSettings(field, 'signs_in')
  }
  for (const field of ['folders', 'sync_sent', 'aliases'] as const) {
    if (edit[field] !== undefined && row.channel === 'instagram') {
      throw new InvalidSettings(field, 'not_of_this_channel')
    }
  }
  const changed = Object.entries(edit).filter(([, value]) => value !== undefined)
  return connect.read({ ...(row.settings as object), ...Object.fromEntries(changed) }) as object
}

/** The Auth Token of before stays beside the new one: Twilio signs with it for a while. */
async function editedTwilio(
  deps: Deps,
  row: InboxRow,
  edit: EditedTwilio,
): Promise<TwilioConnection | undefined> {
  const { auth_token, api_key_sid, api_key_secret } = edit
  if ([auth_token, api_key_sid, api_key_secret].every((part) => part === undefined)) {
    return undefined
  }
  const stored = row.settings as unknown as TwilioSettings
  const old = (await knownCredentials(deps, row)) as Partial<TwilioCredentials>
  const { settings, credentials } = readTwilioForm({
    phone_number: stored.number,
    account_sid: stored.account_sid,
    auth_token: auth_token ?? old.auth_token,
    api_key_sid: api_key_sid ?? stored.api_key_sid,
    api_key_secret: api_key_secret ?? old.api_key_secret,
  })
  const rotated = credentials.auth_token !== old.auth_token
  const { previous_auth_token, previous_accepted_until } = rotated
    ? {
        previous_auth_token: old.auth_token,
        previous_accepted_until: new Date(deps.clock().getTime() + ROTATION_MS).toISOString(),
      }
    : old
  return {
    settings: { ...stored, ...settings },
    credentials: { ...credentials, previous_auth_token, previous_accepted_until },
  }
}

/** Another token for the same number; one that came with a sign-up may be replaced so too. */
function editedWhatsApp(
  row: InboxRow,
  { access_token }: EditedWhatsApp,
): WhatsAppConnection | undefined {
  if (access_token === undefined) return undefined
  const stored = row.settings as unknown as WhatsAppSettings
  const { credentials } = readWhatsAppForm({
    ...stored,
    phone_number: stored.number,
    access_token,
  })
  return { settings: stored, credentials }
}

export interface Reconnecting {
  /** Absent: check again with what is stored. */
  form?: EditedConnection | undefined
  /** Stored with the connection, or not at all. */
  options?: InboxOptions
  actorUserId: number
}

/**
 * Has the workflow prove the form and store it together with the options. What it refuses leaves
 * everything as it was.
 * @throws temporal_unavailable, or why it was refused
 */
export async function reconnect(
  deps: Deps,
  ref: InboxRef,
  { form, options, actorUserId }: Reconnecting,
  locale: Locale,
): Promise<void> {
  if (form === undefined) {
    await inboxUpdate(deps, ref, 'reconnect', {}, locale)
    return
  }
  const draft = { ...form, options, actorUserId }
  const draftId = await saveDraft(deps.db, deps.vault, ref, draft)
  try {
    await inboxUpdate(deps, ref, 'reconnect', { draftId }, locale)
  } catch (error) {
    // Else a new attempt of the workflow could still take it over, after we said no.
    await deleteDraft(deps.db, ref.accountId, draftId)
    throw error
  }
}

/** What is stored; of an inbox that never connected, what its form brought. */
async function knownCredentials(deps: Deps, row: InboxRow): Promise<object> {
  const { db, vault } = deps
  const ref = { accountId: row.account_id, inboxId: row.id }
  const stored = await readCredentials(db, vault, ref.accountId, ref.inboxId)
  if (stored !== undefined) return stored as object
  const draftId = await newestDraft(db, ref)
  const draft = draftId && ((await readDraft(db, vault, ref, draftId)) as EmailForm | undefined)
  return draft ? draft.credentials : {}
}

type Server = object & { host?: string | undefined; certificate?: string | undefined }

function merged(
  name: 'imap' | 'smtp',
  stored: Server | undefined,
  edit: (Server & { password?: string | undefined }) | null | undefined,
  known: string | undefined,
  fresh: boolean,
): Server | null {
  if (edit === null || (edit === undefined && stored === undefined)) return null
  const moves = edit?.host !== undefined && edit.host !== stored?.host
  if (moves && edit?.password === undefined && !fresh) {
    throw new InvalidSettings(`${name}.password`, 'missing')
  }
  // A host is held to its own certificate, not to that of the host before it.
  const kept = moves ? { ...stored, certificate: undefined } : stored
  return { ...kept, password: known, ...edit }
}
