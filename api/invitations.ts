// Links by which a person sets a password: the first one, or another when it was forgotten.
import { createHash } from 'node:crypto'
import type { LoginRow } from '../db/logins.ts'
import { isSignatureOf, signatureOf } from '../storage/signatures.ts'
import type { Deps } from './context.ts'

const LIFETIME_MS = 3 * 86_400_000

interface Invitation {
  accountId: number
  userId: number
  expires: number
}

/** Behind `#`, so that it is in no server's log. */
export function invitationLink(
  { config, clock }: Pick<Deps, 'config' | 'clock'>,
  user: LoginRow,
): { url: string; expiresAt: Date } {
  const expires = clock().getTime() + LIFETIME_MS
  const invitation: Invitation = { accountId: user.account_id, userId: user.id, expires }
  const text = Buffer.from(JSON.stringify(invitation)).toString('base64url')
  const token = `${text}.${signatureOf(config, 'invitations', signed(text, user))}`
  return { url: `${config.publicUrl}/console/welcome#${token}`, expiresAt: new Date(expires) }
}

/**
 * Whom the link is for, by `find`. Undefined when it is not ours or has expired, also because the
 * person has set a password or got another address since.
 */
export async function invitedBy(
  { config, clock }: Deps,
  token: string,
  find: (invitation: Invitation) => Promise<LoginRow | undefined>,
): Promise<LoginRow | undefined> {
  const [text = '', signature = ''] = token.split('.')
  const invitation = invitationIn(text)
  if (invitation === undefined || !(invitation.expires > clock().getTime())) return undefined
  const user = await find(invitation)
  const valid = user && isSignatureOf(config, 'invitations', signed(text, user), signature)
  return valid ? user : undefined
}

/** What it says, which the signature has yet to prove. */
function invitationIn(text: string): Invitation | undefined {
  try {
    const found = JSON.parse(Buffer.from(text, 'base64url').toString()) as Invitation
    const numbers = [found.accountId, found.userId, found.expires]
    return numbers.every(Number.isSafeInteger) ? found : undefined
  } catch {
    return undefined
  }
}

function signed(text: string, { password_hash, email }: LoginRow): string {
  const before = createHash('sha256').update(`${password_hash} ${email}`).digest('base64url')
  return `${text}.${before}`
}
