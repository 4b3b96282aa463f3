// A connected WhatsApp inbox, and Twilio's webhooks for it, signed as Twilio signs them.
import { randomBytes } from 'node:crypto'
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js'
import { writeCredentials } from '../../db/credentials.ts'
import { createInbox } from '../../messaging/create-inbox.ts'
import type { ApiUnderTest, TestAccount } from './api-under-test.ts'

export const sid = (prefix: string) => `${prefix}${randomBytes(16).toString('hex')}`

export type TwilioInbox = Awaited<ReturnType<typeof connectTwilio>>

export async function connectTwilio(
  { db, vault, config, app }: ApiUnderTest,
  { accountId }: TestAccount,
  { number = '+14155238886', accountSid = sid('AC'), token = 'test-auth-token' } = {},
) {
  const { inboxId } = await createInbox(db, vault, {
    accountId,
    name: 'WhatsApp',
    channel: 'whatsapp_twilio',
    address: number,
    settings: { account_sid: accountSid },
    credentials: {},
  })
  const credentials = { auth_token: token }
  await writeCredentials(db, vault, { accountId, inboxId }, credentials, new Date())
  await db.updateTable('inboxes').set({ phase: 'active' }).where('id', '=', inboxId).execute()
  const path = `/webhooks/whatsapp_twilio/${inboxId}`

  const signatureOf = (params: Record<string, string>, to = path, by = token) =>
    getExpectedTwilioSignature(by, `${config.publicUrl}${to}`, params)

  return {
    accountId,
    inboxId,
    path,
    number,
    accountSid,
    signatureOf,
    /** What a contact wrote. */
    text: (body: string, more: Record<string, string> = {}) => {
      const messageSid = sid('SM')
      return {
        SmsMessageSid: messageSid,
        NumMedia: '0',
        ProfileName: 'José 👍',
        MessageType: 'text',
        SmsSid: messageSid,
        WaId: '5511987654321',
        SmsStatus: 'received',
        Body: body,
        To: `whatsapp:${number}`,
        NumSegments: '1',
        MessageSid: messageSid,
        AccountSid: accountSid,
        From: 'whatsapp:+5511987654321',
        ApiVersion: '2010-04-01',
        ...more,
      }
    },
    /** Delivered as Twilio does it; `to` and `signature` where they are to differ. */
    async push(
      params: Record<string, string>,
      { to = path, signature = signatureOf(params, to), headers = {} } = {} as {
        to?: string
        signature?: string
        headers?: Record<string, string>
      },
    ) {
      const reply = await app.inject({
        method: 'POST',
        url: to,
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'x-twilio-signature': signature,
          ...headers,
        },
        payload: new URLSearchParams(params).toString(),
      })
      return { status: reply.statusCode, body: reply.body, type: reply.headers['content-type'] }
    },
  }
}

/** A connect form that is well-formed; nobody asks Twilio, because no worker runs. */
export function twilioForm(phoneNumber: string) {
  return {
    name: 'WhatsApp',
    phone_number: phoneNumber,
    account_sid: sid('AC'),
    auth_token: 'planted-twilio-auth-token',
  }
}
