// mbsync copying the mailbox into a fresh Maildir, with its default of an fsync for each mail.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onPath, run } from '../scripts/servers/child-process.ts'

const install = 'apt-get install isync'

/** @throws Error naming what to install when it cannot. */
export async function ensureMbsync(): Promise<void> {
  if (onPath('mbsync')) return
  if (process.getuid?.() !== 0 || !onPath('apt-get')) {
    throw new Error(`mbsync is missing: run as root "${install}"`)
  }
  console.log('Installing isync')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  await run('apt-get', ['update'], { env })
  await run('apt-get', ['install', '--yes', '--no-install-recommends', 'isync'], { env })
}

/** Seconds from the start of the program to its end. */
export async function runMbsync(
  dir: string,
  at: { port: number; user: string; password: string },
): Promise<number> {
  const copy = join(dir, 'mbsync')
  rmSync(copy, { recursive: true, force: true })
  mkdirSync(copy, { recursive: true })
  const config = join(copy, 'mbsyncrc')
  writeFileSync(
    config,
    `IMAPAccount bench
Host 127.0.0.1
Port ${at.port}
User ${at.user}
Pass "${at.password}"
SSLType None
AuthMechs LOGIN

IMAPStore far
Account bench

MaildirStore near
Path ${copy}/
Inbox ${copy}/INBOX
SubFolders Verbatim

Channel bench
Far :far:
Near :near:
Patterns INBOX
Create Near
Sync Pull
SyncState *
`,
  )
  const start = performance.now()
  await run('mbsync', ['-q', '-c', config, 'bench'])
  const seconds = (performance.now() - start) / 1000
  rmSync(copy, { recursive: true, force: true })
  return seconds
}
