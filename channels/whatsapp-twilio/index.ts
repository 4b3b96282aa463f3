// WhatsApp through Twilio: the channel's one door.

import type { NetPolicy } from '../../net/policy.ts'
import type { Channel } from '../channel.ts'
import { readCallback, restoreCallback, setCallback } from './callback.ts'
import { createTwilioAccess } from './client.ts'
import { proveTwilio } from './connect.ts'
import { openTwilioFile, pullTwilio, type TwilioCursor } from './receive.ts'
import { findSentTwilio, LIMITS, refusalOf, sendTwilio, WINDOW_MS } from './send.ts'
import {
  readTwilioForm,
  shownTwilioSettings,
  type TwilioCredentials,
  type TwilioSettings,
} from './settings.ts'
import { listTemplates } from './templates.ts'
import { twilioWebhook } from './webhook.ts'

export { readTwilioForm, type TwilioCredentials, type TwilioSettings } from './settings.ts'

/** @param origin stands for Twilio's hosts; see createTwilioAccess */
export function createTwilio(
  policy: NetPolicy,
  origin: string | null,
): Channel<TwilioSettings, TwilioCredentials> {
  const access = createTwilioAccess(policy, origin)
  return {
    type: 'whatsapp_twilio',
    connect: { kind: 'form', read: readTwilioForm },
    webhook: twilioWebhook,
    // The number for trying things out is everybody's.
    provedAt: ({ account_sid }) => account_sid,
    shown: shownTwilioSettings,
    preflight: (connection) => proveTwilio(access, connection),
    callback: {
      async read(connection, url) {
        const callback = await readCallback(access, connection, url)
        return { ...connection.settings, callback }
      },
      async set(connection, url) {
        const { callback } = connection.settings
        if (!callback || callback.state === 'manual') return connection.settings
        await setCallback(access, connection, url)
        return { ...connection.settings, callback: { ...callback, state: 'set' } }
      },
      restore: (connection, url) => restoreCallback(access, connection, url),
    },
    pull: (connection, cursor, context) =>
      pullTwilio(access, connection, cursor as TwilioCursor | undefined, context),
    chat: {
      windowMs: WINDOW_MS,
      limitsOf: () => LIMITS,
      refusalOf,
      send: (connection, message, hooks) => sendTwilio(access, connection, message, hooks),
      findSent: (connection, message, since) => findSentTwilio(access, connection, message, since),
      openFile: (connection, part, signal) => openTwilioFile(access, connection, part, signal),
      templates: (connection) => listTemplates(access, connection),
    },
  }
}
