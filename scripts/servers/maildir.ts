// Writes mails into a Dovecot user's Maildir as a delivery agent would, thousands a second.
import { chownSync, existsSync, mkdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SystemUser } from './reachable-dir.ts'

export interface Delivery {
  raw: string | Uint8Array
  /** INBOX unless said otherwise; `/` between levels; made when absent. */
  folder?: string
  /** Dovecot takes it from the file's time. */
  internalDate?: Date
  /** True delivers it as already read. */
  seen?: boolean
}

let delivered = 0

/** `home` is the user's home; every file belongs to `owner` as Dovecot demands. */
export function writeMail(home: string, owner: SystemUser, mail: Delivery): void {
  const box = folderPath(home, owner, mail.folder ?? 'INBOX')
  const bytes = typeof mail.raw === 'string' ? Buffer.from(mail.raw) : mail.raw
  // Dovecot numbers new mails by the name's seconds, then by M: the counter keeps our order.
  delivered += 1
  const seconds = Math.floor(Date.now() / 1000)
  const order = String(delivered).padStart(9, '0')
  const name = `${seconds}.M${order}P${process.pid}.test,S=${bytes.length}`
  const unfinished = join(box, 'tmp', name)
  writeFileSync(unfinished, bytes)
  chownSync(unfinished, owner.uid, owner.gid)
  const { internalDate } = mail
  if (internalDate) utimesSync(unfinished, internalDate, internalDate)
  renameSync(unfinished, mail.seen ? join(box, 'cur', `${name}:2,S`) : join(box, 'new', name))
}

/** Makes the folder when absent. INBOX is the Maildir itself, others are dotted folders in it. */
export function folderPath(home: string, owner: SystemUser, folder: string): string {
  const maildir = join(home, 'Maildir')
  makeMaildir(home, maildir, owner)
  if (folder.toUpperCase() === 'INBOX') return maildir
  const box = join(maildir, `.${modifiedUtf7(folder).replaceAll('/', '.')}`)
  if (!existsSync(join(box, 'new'))) {
    makeMaildir(maildir, box, owner)
    ownFile(join(box, 'maildirfolder'), owner)
  }
  return box
}

function makeMaildir(parent: string, maildir: string, owner: SystemUser): void {
  if (existsSync(join(maildir, 'new'))) return
  for (const dir of [parent, maildir, ...['cur', 'tmp', 'new'].map((d) => join(maildir, d))]) {
    if (existsSync(dir)) continue
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    chownSync(dir, owner.uid, owner.gid)
  }
}

function ownFile(path: string, owner: SystemUser): void {
  writeFileSync(path, '')
  chownSync(path, owner.uid, owner.gid)
}

/** RFC 3501 section 5.1.3, the way IMAP writes folder names such as Lixo eletrônico. */
export function modifiedUtf7(name: string): string {
  return name.replaceAll('&', '&-').replace(/[^\x20-\x7e]+/g, (text) => {
    const utf16 = Buffer.from(text, 'utf16le').swap16()
    return `&${utf16.toString('base64').replaceAll('/', ',').replace(/=+$/, '')}-`
  })
}
