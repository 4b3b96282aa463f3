// What Twilio lists and keeps for us: messages and statuses whose webhook was lost, and the files of
// messages.

import type { Readable } from 'node:stream'
import type { MessageInstance } from 'twilio/lib/rest/api/v2010/account/message.js'
import { HostRefused, HostUnknown, RequestFailed } from '../../net/errors.ts'
import { openDownload } from '../../net/open-download.ts'
import type { InboundMessage, LivePage, PullContext } from '../channel.ts'
import { ChannelError } from '../errors.ts'
import type { StatusEvent } from '../webhook.ts'
import type { TwilioAccess } from './client.ts'
import { calling } from './errors.ts'
import { attachmentAt, contactOf, failureOf, statusOf, threadOf } from './parse.ts'
import { whatsappAddress } from './phone-numbers.ts'
import type { TwilioConnection } from './settings.ts'

/** JSON-safe times. */
export interface TwilioCursor {
  /** The inbox was connected then: what came before is not ours. */
  since: string
  /** Everything before this was listed. */
  through: string
  /** Where a listing that is under way goes on. */
  at?: string
}

/** A day again each time: messages may be listed long after they came. */
const OVERLAP_MS = 24 * 3_600_000
/** A listing is newest first, so it is asked for in stretches, each stored in order. */
const STRETCH_MS = 6 * 3_600_000
/** Twilio's largest page. */
const PAGE = 1_000

/** What went through the number in a stretch of time. @throws ChannelError */
export async function pullTwilio(
  access: TwilioAccess,
  connection: TwilioConnection,
  cursor: TwilioCursor | undefined,
  { now, since: connectedAt, unknownOf }: PullContext,
): Promise<LivePage<TwilioCursor>> {
  // Twilio tells whole seconds.
  const since = cursor?.since ?? wholeSeconds(connectedAt).toISOString()
  const through = Date.parse(cursor?.through ?? since)
  const from = cursor?.at
    ? Date.parse(cursor.at)
    : Math.max(Date.parse(since), through - OVERLAP_MS)
  const until = Math.min(from + STRETCH_MS, now.getTime())
  const listed = await listBetween(access, connection, new Date(from), new Date(until + 1_000))
  const sent = listed.filter(({ status }) => !NOT_SENT.has(status))
  const unknown = await unknownOf(sent.map(({ sid }) => sid))
  const messages: InboundMessage[] = []
  for (const message of sent) {
    if (unknown.has(message.sid)) messages.push(await messageOf(access, connection, message))
  }
  const found = { messages, statuses: listed.flatMap(statusesOf), poison: [], bytes: 0 }
  if (until >= now.getTime()) {
    return { ...found, cursor: { since, through: now.toISOString() }, next: undefined }
  }
  const next = {
    since,
    through: new Date(through).toISOString(),
    at: new Date(until).toISOString(),
  }
  return { ...found, cursor: next, next }
}

const wholeSeconds = (at: Date) => new Date(Math.floor(at.getTime() / 1000) * 1000)

/** Both directions of the number, oldest first. */
async function listBetween(
  access: TwilioAccess,
  connection: TwilioConnection,
  dateSentAfter: Date,
  dateSentBefore: Date,
): Promise<MessageInstance[]> {
  const { messages } = access.account(connection)
  const number = whatsappAddress(connection.settings.number)
  const between = { dateSentAfter, dateSentBefore, pageSize: PAGE }
  const both = await calling(access, connection, () =>
    Promise.all([
      messages.list({ to: number, ...between }),
      messages.list({ from: number, ...between }),
    ]),
  )
  return both
    .flatMap((listed) => listed.reverse())
    .sort((a, b) => a.dateSent.getTime() - b.dateSent.getTime())
}

/** What nobody got is no part of a conversation. */
const NOT_SENT = new Set(['failed', 'undelivered', 'canceled', 'scheduled'])

function statusesOf({ sid, direction, status, errorCode, errorMessage }: MessageInstance) {
  const become = direction === 'inbound' ? undefined : statusOf(status)
  if (become === undefined) return []
  const failure = become === 'failed' ? failureOf(errorCode, errorMessage ?? '') : {}
  return [{ kind: 'status', externalId: sid, status: become, ...failure } satisfies StatusEvent]
}

async function messageOf(
  access: TwilioAccess,
  connection: TwilioConnection,
  message: MessageInstance,
): Promise<InboundMessage> {
  const incoming = message.direction === 'inbound'
  const contact = contactOf(incoming ? message.from : message.to, '')
  const media = Number(message.numMedia)
    ? await calling(access, connection, () => message.media().list({ limit: 10 }))
    : []
  return {
    externalId: message.sid,
    direction: incoming ? 'incoming' : 'outgoing',
    sentByAccount: !incoming,
    contact,
    sourceId: null,
    references: [threadOf(contact)],
    subject: '',
    text: message.body.replaceAll('\0', '').toWellFormed(),
    html: null,
    contentType: 'text',
    attributes: { ...(incoming ? { from: message.from } : {}), listed: true },
    automatic: false,
    sentAt: message.dateSent,
    deliveredAt: message.dateSent,
    attachments: media.map(({ uri, contentType }, at) =>
      attachmentAt(`https://api.twilio.com${uri.replace(/\.json$/, '')}`, contentType, at),
    ),
    location: null,
  }
}

/** Nothing for so long: it is asked again. */
const IDLE_MS = 30_000

/**
 * Undefined when Twilio has it no more; so right after a webhook, when it is only not there yet.
 * @throws ChannelError
 */
export async function openTwilioFile(
  access: TwilioAccess,
  connection: TwilioConnection,
  part: string,
  signal: AbortSignal,
): Promise<Readable | undefined> {
  const { settings, credentials } = connection
  const pair = `${settings.account_sid}:${credentials.auth_token}`
  try {
    const { status, body } = await openDownload(part, {
      policy: access.policy,
      authorization: `Basic ${Buffer.from(pair).toString('base64')}`,
      mayAsk: isOfTwilio,
      locate: access.locate,
      signal,
      idleMs: IDLE_MS,
    })
    if (status === 200) return body
    body.destroy()
    if (status === 404 || status === 410) return undefined
    const reason = status === 401 || status === 403 ? 'media_refused' : 'server_unavailable'
    throw new ChannelError('Unavailable', { reason, evidence: `HTTP ${status}` })
  } catch (error) {
    if (error instanceof HostRefused) {
      throw new ChannelError('ActionRequired', { reason: 'host_not_allowed', evidence: error.host })
    }
    if (error instanceof RequestFailed || error instanceof HostUnknown) {
      throw new ChannelError('Unavailable', { reason: 'connection_lost', evidence: error.code })
    }
    throw error
  }
}

/** The API, and the stores that it sends us on to. */
function isOfTwilio({ protocol, host }: URL): boolean {
  const stores = /^(?:[\w-]+\.)*(?:twiliocdn|amazonaws)\.com$/
  return protocol === 'https:' && (host === 'api.twilio.com' || stores.test(host))
}
