// Proof that the account is ours to use and that the number is one of its WhatsApp senders.

import type { StageResult } from '../channel.ts'
import { ChannelError } from '../errors.ts'
import { findSender } from './callback.ts'
import type { TwilioAccess } from './client.ts'
import { calling, judge } from './errors.ts'
import type { TwilioConnection } from './settings.ts'

/** Twilio's shared number for trying things out; no API lists it. */
const SANDBOX = '+14155238886'

export async function* proveTwilio(
  access: TwilioAccess,
  connection: TwilioConnection,
): AsyncGenerator<StageResult> {
  const refused = await judge(access, connection)
  yield stage('account', refused)
  if (refused) return
  if (connection.settings.api_key_sid) {
    const error = await failure(() => tryKey(access, connection))
    yield stage('api_key', error)
    if (error) return
  }
  yield stage('sender', await failure(() => proveNumber(access, connection)))
}

/** Any call that changes nothing: keys may be limited to messages. */
async function tryKey(access: TwilioAccess, connection: TwilioConnection): Promise<void> {
  const { messages } = access.sending(connection)
  await calling(access, connection, () => messages.page({ pageSize: 1 }))
}

async function proveNumber(access: TwilioAccess, connection: TwilioConnection): Promise<void> {
  const { number } = connection.settings
  if (number === SANDBOX || (await findSender(access, connection))) return
  const { incomingPhoneNumbers } = access.account(connection)
  const owned = await calling(access, connection, () =>
    incomingPhoneNumbers.list({ phoneNumber: number, limit: 1 }),
  )
  if (owned.length === 0) throw new ChannelError('ActionRequired', { reason: 'sender_not_found' })
}

async function failure(work: () => Promise<void>): Promise<ChannelError | undefined> {
  try {
    await work()
    return undefined
  } catch (error) {
    if (error instanceof ChannelError) return error
    throw error
  }
}

function stage(
  name: 'account' | 'api_key' | 'sender',
  error: ChannelError | undefined,
): StageResult {
  return error ? { stage: name, ok: false, ...error.details } : { stage: name, ok: true }
}
