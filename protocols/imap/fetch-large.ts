// Large mails without their attachments: structure and header first, then the text parts of all
// mails that have the same set of parts in one FETCH.
import type { FetchMessageObject, ImapFlow } from 'imapflow'
import { assembleMail, type LargeMailPlan, planLargeMail } from '../mime/large-mail.ts'
import { parseMail } from '../mime/parse-mail.ts'
import type { ParsedMail } from '../mime/parsed-mail.ts'
import { dateOf, fetchEach, type UnreadableMail } from './fetch-sources.ts'

export interface LargeMail {
  uid: number
  internalDate: Date | undefined
  emailId: string | undefined
  /** Attachments have no content; their `part` says where it is. */
  mail: ParsedMail
  size: number
  bytes: number
}

/**
 * Reads large mails by their text parts, each cut at `TEXT_LIMIT`.
 * @throws imapflow's error when the connection fails
 */
export async function* fetchLargeMails(
  client: ImapFlow,
  uids: readonly number[],
): AsyncGenerator<LargeMail | UnreadableMail> {
  const groups = new Map<string, Planned[]>()
  const hollow: Planned[] = []
  const first = { bodyStructure: true, headers: true, size: true, internalDate: true }
  for await (const row of fetchEach(client, uids, first, hasStructure)) {
    if ('error' in row) {
      yield row
      continue
    }
    try {
      const plan = planLargeMail(row.bodyStructure!)
      if (plan.isHollow) {
        hollow.push({ row, plan, parts: [] })
        continue
      }
      const parts = plan.textParts.slice(0, MOST_PARTS).map(({ part }) => part)
      const key = parts.join(' ')
      groups.set(key, [...(groups.get(key) ?? []), { row, plan, parts }])
    } catch (error) {
      yield { uid: row.uid, error }
    }
  }
  for (const group of groups.values()) yield* readGroup(client, group)
  yield* readHollow(client, hollow)
}

/** Bytes of one text part that are read; what people write is far below it. */
export const TEXT_LIMIT = 1024 * 1024
const MOST_PARTS = 20

interface Planned {
  row: FetchMessageObject
  plan: LargeMailPlan
  parts: string[]
}

async function* readGroup(
  client: ImapFlow,
  group: Planned[],
): AsyncGenerator<LargeMail | UnreadableMail> {
  const parts = group[0]!.parts
  if (parts.length === 0) {
    for (const planned of group) yield assembled(planned, new Map())
    return
  }
  const waiting = new Map(group.map((planned) => [planned.row.uid, planned]))
  const bodyParts = parts.map((key) => ({ key, maxLength: TEXT_LIMIT }))
  for await (const row of fetchEach(client, [...waiting.keys()], { bodyParts }, hasParts)) {
    const planned = waiting.get(row.uid)!
    yield 'error' in row
      ? row
      : assembled(planned, new Map([...row.bodyParts!].filter(([, part]) => Buffer.isBuffer(part))))
  }
}

/** By their beginnings, as text is: what a server cannot take apart is hardly a film. */
async function* readHollow(
  client: ImapFlow,
  hollow: Planned[],
): AsyncGenerator<LargeMail | UnreadableMail> {
  const planned = new Map(hollow.map(({ row }) => [row.uid, row]))
  const query = { source: { start: 0, maxLength: TEXT_LIMIT } }
  for await (const row of fetchEach(client, [...planned.keys()], query, hasSource)) {
    if ('error' in row) {
      yield row
      continue
    }
    const { emailId, internalDate, size = 0 } = planned.get(row.uid)!
    const source = row.source!
    yield {
      uid: row.uid,
      internalDate: dateOf(internalDate),
      emailId,
      mail: await parseMail(source),
      size,
      bytes: source.length,
    }
  }
}

function hasSource({ source }: FetchMessageObject): boolean {
  return Buffer.isBuffer(source)
}

function hasStructure({ headers, bodyStructure }: FetchMessageObject): boolean {
  return Buffer.isBuffer(headers) && bodyStructure !== undefined
}

function hasParts({ bodyParts }: FetchMessageObject): boolean {
  return bodyParts !== undefined
}

function assembled(
  { row, plan }: Planned,
  parts: ReadonlyMap<string, Buffer>,
): LargeMail | UnreadableMail {
  const headers = row.headers!
  try {
    const mail = assembleMail(headers, parts, plan)
    let bytes = headers.length
    for (const part of parts.values()) bytes += part.length
    const internalDate = dateOf(row.internalDate)
    return { uid: row.uid, internalDate, emailId: row.emailId, mail, size: row.size ?? 0, bytes }
  } catch (error) {
    return { uid: row.uid, error }
  }
}
