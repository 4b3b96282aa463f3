// A mailbox that is opened by signing in: the provider's simulator, a Dovecot that asks it about each
// token, and an SMTP server that does too and files what it sends.
import { createChannels } from '../../channels/registry.ts'
import type { DovecotOptions } from '../../scripts/servers/dovecot.ts'
import { CLIENT, startIdentityProvider } from '../simulators/identity-provider.ts'
import { startMailbox } from './mail-server.ts'

export type SignedInMailbox = Awaited<ReturnType<typeof startSignedInMailbox>>

const policy = { allowHosts: ['127.0.0.0/8'] }

/** What each offers after login, as far as Dovecot can do it too (captured in 2026). */
const CAPABILITIES = {
  google:
    'IMAP4rev1 UNSELECT IDLE NAMESPACE ID CHILDREN SASL-IR UIDPLUS ENABLE MOVE CONDSTORE ESEARCH ' +
    'LIST-EXTENDED LIST-STATUS SPECIAL-USE',
  // Neither CONDSTORE nor ESEARCH nor SPECIAL-USE.
  microsoft: 'IMAP4rev1 SASL-IR UIDPLUS ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+ MOVE',
}

/** Call stop() in afterAll. */
export async function startSignedInMailbox(
  kind: 'google' | 'microsoft',
  { address = 'support@shop.test', imap = {} as Partial<DovecotOptions> } = {},
) {
  const provider = await startIdentityProvider(kind)
  provider.visitor = { email: address }
  const mailbox = await startMailbox({
    address,
    imap: {
      introspectionUrl: provider.introspection,
      onlyCapabilities: CAPABILITIES[kind],
      ...imap,
    },
    smtp: {
      filesSent: true,
      isAccess: (user, token) =>
        provider.hasAccess(token) && provider.accessOf(token)?.email === user,
    },
  })
  const { port: imapPort } = mailbox.imap
  const { port: smtpPort } = mailbox.smtp
  const local = { host: '127.0.0.1', encryption: 'none' as const }
  const servers = { imap: { ...local, port: imapPort }, smtp: { ...local, port: smtpPort } }
  const { endpoints, fetch } = provider
  const app =
    kind === 'google'
      ? { google: { ...CLIENT, endpoints, servers, beta: true } }
      : { microsoft: { ...CLIENT, fetch, servers } }
  return {
    ...mailbox,
    provider,
    /** The operator's app at the provider, for createChannels. */
    app,
    channels: createChannels({ policy, ...app }),
    async stop() {
      await mailbox.stop()
      await provider.stop()
    },
  }
}
