// Twilio's own client for an inbox, and how its addresses are reached.

import twilio from 'twilio'
import RequestClient from 'twilio/lib/base/RequestClient.js'
import type { NetPolicy } from '../../net/policy.ts'
import type { TwilioConnection } from './settings.ts'

export type TwilioClient = twilio.Twilio
type RequestOptions<Data> = Parameters<RequestClient['request']>[0] & { data?: Data }

/** What a person or a queue waits for one call. */
const TIMEOUT_MS = 30_000

export interface TwilioAccess {
  /** Signed in as the account, with what signs webhooks too. */
  account(connection: TwilioConnection): TwilioClient
  /** With the API key where the inbox has one. */
  sending(connection: TwilioConnection): TwilioClient
  policy: NetPolicy
  /** Where an address of Twilio's is found. */
  locate(url: string): string
}

/**
 * @param origin stands for all of Twilio's hosts, each as the first part of the path; null: they
 * are reached where they are
 */
export function createTwilioAccess(policy: NetPolicy, origin: string | null): TwilioAccess {
  const locate = (url: string) => (origin ? url.replace(/^https:\/\//, `${origin}/`) : url)
  class Located extends RequestClient {
    override request<Data>(options: RequestOptions<Data>) {
      return super.request<Data>({ ...options, uri: locate(options.uri) })
    }
  }
  // One for all: it keeps connections, and knows no account.
  const httpClient = new Located({ timeout: TIMEOUT_MS, keepAlive: true })
  const account: TwilioAccess['account'] = ({ settings, credentials }) =>
    twilio(settings.account_sid, credentials.auth_token, { httpClient })
  return {
    account,
    sending(connection) {
      const { settings, credentials } = connection
      if (!settings.api_key_sid || !credentials.api_key_secret) return account(connection)
      const options = { accountSid: settings.account_sid, httpClient }
      return twilio(settings.api_key_sid, credentials.api_key_secret, options)
    },
    policy,
    locate,
  }
}
