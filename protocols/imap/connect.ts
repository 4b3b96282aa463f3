// One logged-in IMAP connection, dialled through net. Reading mail is elsewhere.
import { ImapFlow } from 'imapflow'
import type { NetPolicy } from '../../net/policy.ts'
import { resolveHost, resolveHostInClear } from '../../net/resolve-host.ts'

export interface ImapTarget {
  host: string
  port: number
  encryption: 'tls' | 'starttls' | 'none'
  certificate: 'peer' | 'none'
  auth: { user: string; pass: string } | { user: string; accessToken: string }
  policy: NetPolicy
  signal?: AbortSignal | undefined
}

/**
 * Connects and logs in. The client is single use; aborting `signal` closes it.
 * @throws HostRefused, HostUnknown, or imapflow's error for `classifyImap`
 */
export async function connectImap(target: ImapTarget): Promise<ImapFlow> {
  const { host, port, encryption, signal } = target
  signal?.throwIfAborted()
  const resolve = encryption === 'none' ? resolveHostInClear : resolveHost
  const { address, servername } = await resolve(host, port, target.policy)
  const client = new ImapFlow({
    host: address,
    port,
    secure: encryption === 'tls',
    // True refuses a server without STARTTLS; imapflow's default would go on in the clear.
    doSTARTTLS: encryption === 'starttls',
    ...(servername === undefined ? {} : { servername }),
    tls: { rejectUnauthorized: target.certificate === 'peer' },
    auth: target.auth,
    logger: false,
    disableAutoIdle: true,
    clientInfo: { name: 'cloudchat-inboxes', version: false, vendor: false },
    connectionTimeout: 20_000,
    greetingTimeout: 20_000,
    socketTimeout: 120_000,
    // Larger mails are read in parts, so nothing of ours ever asks for a literal of this size.
    maxLiteralSize: MAX_LITERAL,
  })
  // Without a listener a late socket error would end the process.
  client.on('error', () => undefined)
  const abort = () => client.close()
  signal?.addEventListener('abort', abort, { once: true })
  client.once('close', () => signal?.removeEventListener('abort', abort))
  try {
    await client.connect()
  } catch (error) {
    client.close()
    signal?.removeEventListener('abort', abort)
    throw signal?.aborted ? signal.reason : error
  }
  return client
}

const MAX_LITERAL = 48 * 1024 * 1024
