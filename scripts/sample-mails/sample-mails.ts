// A deterministic mailbox: threads, alternatives, attachments, invites, bounces, automatic answers.
// Used by tests, the demo and the benchmarks.

import { type Charset, encodeWords, writeMail } from './mime-writer.ts'
import { type Random, seededRandom } from './random.ts'
import { composeBody } from './sample-body.ts'
import { DEFAULT_SHAPE, type Expected, type SampleMail, type SampleShape } from './shape.ts'
import { type Person, personAt, subjectOf } from './words.ts'

export type { Expected, SampleMail, SampleShape } from './shape.ts'

/** Mails in order of date, oldest first; the same shape always gives the same bytes. */
export function* sampleMails(shape: SampleShape): Generator<SampleMail> {
  const full = { ...DEFAULT_SHAPE, ...shape }
  const random = seededRandom(full.seed)
  const threads: Thread[] = []
  for (let i = 0; i < full.count; i++) {
    const date = dateAt(i, full, random)
    const kind = kindOf(random, full)
    const answered = kind === 'message' && threads.length > 0 && random.chance(full.replies)
    const thread = answered ? random.pick(threads) : startThread(i, random, full.people)
    const mail = compose({ i, kind, date, thread, answered, random, full })
    if (kind === 'message' && mail.expected.messageId !== null) {
      if (!answered) threads.push(thread)
      if (threads.length > OPEN_THREADS) threads.shift()
    }
    yield mail
  }
}

type FullShape = Required<SampleShape>

interface Thread {
  key: string
  person: Person
  subject: string
  /** Ids from the root on, without brackets; also those of answers the mailbox never held. */
  ids: string[]
}

const OPEN_THREADS = 60
const DAY = 86_400_000

function dateAt(i: number, { now, days, count }: FullShape, random: Random): Date {
  const step = (days * DAY) / count
  const time = now - days * DAY + step * (i + random.next() * 0.9)
  return new Date(Math.floor(time / 1000) * 1000)
}

function kindOf(random: Random, shape: FullShape): Expected['kind'] {
  let draw = random.next()
  const shares = [
    ['auto_reply', shape.autoReplies],
    ['bounce', shape.bounces],
    ['invite', shape.invites],
    ['list', shape.lists],
  ] as const
  for (const [kind, share] of shares) {
    if (draw < share) return kind
    draw -= share
  }
  return 'message'
}

function startThread(i: number, random: Random, people: number): Thread {
  const person = personAt(random.between(0, people - 1))
  return { key: `thread-${i}`, person, subject: subjectOf(random), ids: [] }
}

interface Composition {
  i: number
  kind: Expected['kind']
  date: Date
  thread: Thread
  answered: boolean
  random: Random
  full: FullShape
}

function compose({ i, kind, date, thread, answered, random, full }: Composition): SampleMail {
  const charset: Charset = random.pick(['utf-8', 'utf-8', 'iso-8859-1', 'windows-1252'])
  const person = kind === 'bounce' ? DAEMON : thread.person
  const id = `${random.token(24)}.${i}@${person.address.split('@')[1]}`
  const messageId = random.chance(full.missingIds) ? null : id
  // Half of the answers go to our own mail, which lies in Sent, not in this mailbox.
  if (answered && random.chance(0.5)) thread.ids.push(`${random.token(20)}@loja.example`)
  const inReplyTo = answered ? (thread.ids.at(-1) ?? null) : null
  const subject = subjectLine(kind, thread.subject, answered)
  const body = composeBody({ kind, person, subject, charset, answered, random, shape: full })
  const encoding = random.chance(0.5) ? 'Q' : 'B'
  const headers = [
    ...transportHeaders(kind, date, full.inbox, random),
    ...(messageId === null ? [] : [`Message-ID: <${messageId}>`]),
    ...(inReplyTo === null ? [] : [`In-Reply-To: <${inReplyTo}>`, references(thread.ids)]),
    `Date: ${rfcDate(date, random.pick(OFFSETS))}`,
    `From: ${encodeWords(person.name, 'utf-8', encoding)} <${person.address}>`,
    `To: "Suporte, Loja" <${full.inbox}>`,
    `Subject: ${encodeWords(subject, 'utf-8', encoding)}`,
    ...kindHeaders(kind, random),
  ]
  if (messageId !== null) thread.ids.push(messageId)
  return {
    raw: writeMail(headers, body.entity),
    expected: {
      kind,
      messageId,
      threadKey: thread.key,
      inReplyTo,
      subject,
      from: person,
      date,
      text: body.text.replace(/\s+/g, ' ').trim(),
      attachmentNames: body.attachmentNames,
      nature: NATURES[kind],
    },
  }
}

const DAEMON: Person = { name: 'Mail Delivery System', address: 'MAILER-DAEMON@mx.example.net' }
const OFFSETS = [-180, -180, -180, 0, 60, -240]
const NATURES = {
  message: 'person',
  invite: 'person',
  auto_reply: 'auto_reply',
  bounce: 'bounce',
  list: 'list',
} as const

function subjectLine(kind: Expected['kind'], subject: string, answered: boolean): string {
  if (kind === 'auto_reply') return `Resposta automática: ${subject}`
  if (kind === 'bounce') return 'Undelivered Mail Returned to Sender'
  if (kind === 'invite') return `Convite: ${subject}`
  return answered ? `Re: ${subject}` : subject
}

function references(ids: string[]): string {
  return `References: ${ids.map((id) => `<${id}>`).join('\r\n ')}`
}

function kindHeaders(kind: Expected['kind'], random: Random): string[] {
  if (kind === 'auto_reply') return ['Auto-Submitted: auto-replied', 'Precedence: auto_reply']
  if (kind === 'bounce') return ['Auto-Submitted: auto-replied']
  if (kind !== 'list') return ['X-Mailer: Correio 4.2', 'X-Priority: 3']
  const url = `https://list.example.org/u/${random.token(16)}`
  return [
    `List-Id: Novidades <novidades.list.example.org>`,
    `List-Unsubscribe: <${url}>`,
    'Precedence: bulk',
  ]
}

function transportHeaders(kind: string, date: Date, inbox: string, random: Random): string[] {
  const stamp = (seconds: number) => rfcDate(new Date(date.getTime() + seconds * 1000), 0)
  const signature = Array.from({ length: 5 }, () => random.token(70)).join('\r\n  ')
  return [
    `Return-Path: <${kind === 'bounce' ? '' : `bounce+${random.token(12)}@mail.example.net`}>`,
    `Delivered-To: ${inbox}`,
    `Received: from mx.example.net (mx.example.net [192.0.2.${random.between(1, 254)}])\r\n` +
      `\tby in.loja.example with ESMTPS id ${random.token(12)}\r\n\tfor <${inbox}>; ${stamp(4)}`,
    `Received: from [198.51.100.${random.between(1, 254)}] by mx.example.net with ESMTPSA;\r\n\t${stamp(1)}`,
    `Authentication-Results: in.loja.example; dkim=pass header.d=example.net; spf=pass`,
    `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.net; s=k1;\r\n` +
      ` h=from:to:subject:date:message-id; bh=${random.token(43)}=;\r\n b=${signature}`,
  ]
}

function rfcDate(date: Date, offsetMinutes: number): string {
  const local = new Date(date.getTime() + offsetMinutes * 60_000).toUTCString().slice(0, -4)
  const size = Math.abs(offsetMinutes)
  const pad = (n: number) => String(n).padStart(2, '0')
  return `${local} ${offsetMinutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}${pad(size % 60)}`
}
