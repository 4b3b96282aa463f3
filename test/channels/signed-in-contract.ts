// The contract of a channel, kept by one that signs in: Dovecot asks the provider's simulator about
// each token, behind a proxy that says what Gmail and Exchange say where Dovecot would not.
import { afterAll, beforeAll } from 'vitest'
import type { Channel, Connection, OAuthCredentials } from '../../channels/channel.ts'
import { newConsent } from '../../channels/consent.ts'
import type { MailServers, MailSignIn, OAuthMailSettings } from '../../channels/mail/oauth.ts'
import { smtpFaults } from '../../scripts/servers/smtp.ts'
import { type ChannelFixtures, channelContract } from '../channel-contract.ts'
import { answeringProxy, type Scripted } from '../protocols/imap/scripted-imap.ts'
import type { IdentityProvider } from '../simulators/identity-provider.ts'
import { type SignedInMailbox, startSignedInMailbox } from '../support/signed-in-mailbox.ts'
import { mailOf } from './mail/dovecot-inbox.ts'

const REDIRECT = 'https://chat.test/callback'

/** `said`: to the login, each with the kind of failure it is. */
export function signedInContract(
  kind: 'google' | 'microsoft',
  make: (provider: IdentityProvider, servers: MailServers) => Channel,
  said: [words: string, kind: ChannelFixtures['failures'][number][2]][],
): void {
  let mailbox: SignedInMailbox
  let proxy: Scripted
  let channel: Channel
  let answer: string | undefined
  let count = 0

  beforeAll(async () => {
    mailbox = await startSignedInMailbox(kind)
    mailbox.provider.redirectUris.push(REDIRECT)
    proxy = await answeringProxy(mailbox.imap.port, (line) =>
      / AUTHENTICATE /.test(line) ? answer : undefined,
    )
    const local = { host: '127.0.0.1', encryption: 'none' as const }
    channel = make(mailbox.provider, {
      imap: { ...local, port: proxy.port },
      smtp: { ...local, port: mailbox.smtp.port },
    })
  }, 60_000)
  afterAll(async () => {
    proxy?.close()
    await mailbox?.stop()
  })

  async function connection(): Promise<Connection<OAuthMailSettings, OAuthCredentials>> {
    answer = undefined
    count += 1
    const address = `user${count}@shop.test`
    mailbox.provider.visitor = { email: address }
    const connect = channel.connect as MailSignIn
    const settings = connect.read({ address })
    const consent = newConsent(REDIRECT)
    const back = await mailbox.provider.visit(await connect.authorizationUrl(settings, consent))
    const code = back.searchParams.get('code')!
    return { settings, credentials: await connect.exchange(settings, consent, code) }
  }
  const addressOf = ({ settings }: Connection) => (settings as OAuthMailSettings).address

  channelContract(
    lazily(() => channel, kind),
    {
      connection,
      refused: ({ settings, credentials }) => ({
        settings,
        credentials: { ...(credentials as object), access_token: 'a-token-of-nobody' },
      }),
      secrets: ['a-token-of-nobody'],
      deliver(to, text, from) {
        const headers = from === 'us' ? { From: addressOf(to) } : {}
        count += 1
        mailbox.imap.deliver(addressOf(to), Buffer.from(mailOf(count, headers, text)))
      },
      failures: said.map(([words, failure]) => [
        `"${words}"`,
        async () => {
          const connected = await connection()
          answer = words
          return connected
        },
        failure,
      ]),
      async lostAfterSending() {
        const connected = await connection()
        mailbox.smtp.fail(smtpFaults.closeAfterData, { times: 1 })
        return connected
      },
    },
  )
}

/** The suite names its tests before the servers run. */
function lazily(channel: () => Channel, type: 'google' | 'microsoft'): Channel {
  return new Proxy({} as Channel, {
    get: (_, key) => (key === 'type' ? type : channel()?.[key as keyof Channel]),
  })
}
