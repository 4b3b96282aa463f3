// Many mailboxes on one Dovecot, connected and quiet.
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { connectMailboxAtOnce } from './connect.ts'
import type { Platform, Stack } from './stack.ts'

export const password = 'a secret'

/** One server bears ten logins a second (activities/mailboxes.ts); a thousand inboxes have many. */
export const HOSTS = Array.from({ length: 20 }, (_, n) => `127.0.0.${n + 1}`)

/** Dovecot under all those addresses: settings for startStack. */
export const manyHosts = { extra: `listen = ${HOSTS.join(', ')}` }

export function addresses(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `caixa-${n + 1}@loja.example`)
}

export function usersOf(all: readonly string[]): Record<string, string> {
  return Object.fromEntries(all.map((address) => [address, password]))
}

/** Resolves with the inboxes' ids in the same order, once each is active and was looked at. */
export async function connectAll(
  stack: Stack,
  platform: Platform,
  all: readonly string[],
): Promise<number[]> {
  const ids: number[] = []
  for (const [n, address] of all.entries()) {
    const at = {
      address,
      password,
      imapHost: HOSTS[n % HOSTS.length]!,
      imapPort: stack.dovecot.port,
      smtpPort: stack.smtp.port,
    }
    ids.push(await connectMailboxAtOnce(platform, at))
  }
  await untilChecked(platform, new Date(0))
  return ids
}

/** Resolves once every inbox is active and was looked at after that time. */
export async function untilChecked(platform: Platform, after: Date): Promise<void> {
  for (let tries = 1; ; tries++) {
    const { rows } = await sql<{ followed: number; all: number }>`
      select count(*) filter (where phase = 'active' and last_checked_at > ${after}) as followed,
        count(*) as all from inboxes`.execute(platform.db)
    const { followed, all } = rows[0]!
    if (followed === all) return
    if (tries % 20 === 0) console.log(`  ${followed} of ${all} inboxes are followed`)
    await sleep(500)
  }
}
