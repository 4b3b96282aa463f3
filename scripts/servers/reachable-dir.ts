// Root starts servers that then run as another user, which often cannot enter root's checkout.
// Finds a place both can use, and says so when it is not the place asked for.
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { type Log, run } from './child-process.ts'

export interface SystemUser {
  uid: number
  gid: number
}

/** The directory itself, or one under /var/lib when `user` cannot get there. Created if absent. */
export async function reachableDir(dir: string, user: SystemUser | undefined, log?: Log) {
  const wanted = resolve(dir)
  mkdirSync(wanted, { recursive: true })
  if (!user || (await canEnter(wanted, user))) return wanted
  // A directory made for this server alone, such as one of mkdtemp: opening it is enough.
  if (await canEnter(dirname(wanted), user)) {
    chmodSync(wanted, statSync(wanted).mode | 0o111)
    return wanted
  }
  const elsewhere = join('/var/lib/cloudchat-inboxes', `${basename(wanted)}-${shortHash(wanted)}`)
  mkdirSync(elsewhere, { recursive: true })
  if (!(await canEnter(elsewhere, user))) {
    throw new Error(`User ${user.uid} can enter neither ${wanted} nor ${elsewhere}`)
  }
  log?.(`${wanted} cannot be entered by user ${user.uid}; using ${elsewhere} instead`)
  return elsewhere
}

/** True when that user could work inside the directory. */
export async function canEnter(dir: string, user: SystemUser): Promise<boolean> {
  return run('/bin/sh', ['-c', 'cd "$0"', dir], { ...user, cwd: '/' }).then(
    () => true,
    () => false,
  )
}

/** The system user of that name, if there is one. */
export async function systemUser(name: string): Promise<SystemUser | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])])
    return { uid: Number(uid), gid: Number(gid) }
  } catch {
    return undefined
  }
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8)
}
