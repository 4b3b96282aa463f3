// A changed form of an inbox: merged over what is stored, checked, and kept encrypted as a draft.
import type { EmailCredentials, EmailSettings } from '../channels/email/settings.ts'
import { validateEmailForm } from '../channels/email/settings.ts'
import { InvalidSettings } from '../channels/errors.ts'
import { saveDraft } from '../db/connect-drafts.ts'
import { readCredentials } from '../db/credentials.ts'
import type { InboxRow } from '../db/inboxes.ts'
import type { InboxRef } from '../temporal/contracts.ts'
import type { Deps } from './context.ts'
import type { EditedForm } from './resources/email-form.ts'

export interface EmailForm {
  settings: EmailSettings
  credentials: EmailCredentials
}

/**
 * The whole form after the edit; undefined when the edit leaves the connection as it is.
 * @throws InvalidSettings also when a server moves to another host without its password: a stored
 * password is never sent where nobody entered it
 */
export async function editedForm(
  deps: Deps,
  row: InboxRow,
  edit: EditedForm,
): Promise<EmailForm | undefined> {
  const { password, imap, smtp, folders, sync_sent } = edit
  if ([password, imap, smtp, folders, sync_sent].every((part) => part === undefined)) {
    return undefined
  }
  const stored = row.settings as unknown as EmailSettings
  const old = ((await readCredentials(deps.db, deps.vault, row.account_id, row.id)) ??
    {}) as EmailCredentials
  const shared = old.smtp_password === undefined || old.smtp_password === old.imap_password
  const form = {
    ...stored,
    ...(folders === undefined ? {} : { folders }),
    ...(sync_sent === undefined ? {} : { sync_sent }),
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

/** Stores a form for 30 minutes under an id that may travel through Temporal. */
export function saveForm(deps: Deps, ref: InboxRef, form: EmailForm): Promise<string> {
  return saveDraft(deps.db, deps.vault, ref, form)
}

type Server = object & { host?: string | undefined }

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
  return { ...stored, password: known, ...edit }
}
