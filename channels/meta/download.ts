// Files that came in, from Meta's own stores and nowhere else.

import type { Readable } from 'node:stream'
import { HostRefused, HostUnknown, RequestFailed } from '../../net/errors.ts'
import { openDownload } from '../../net/open-download.ts'
import { ChannelError } from '../errors.ts'
import type { MetaAccess } from './access.ts'

/** Nothing for so long: it is asked again. */
const IDLE_MS = 30_000

/**
 * Undefined when it is gone: addresses die with the content, or after five minutes.
 * @throws ChannelError
 */
export async function openMetaFile(
  { graph }: MetaAccess,
  url: string,
  token: string,
  signal: AbortSignal,
): Promise<Readable | undefined> {
  const { policy, app } = graph
  try {
    const { status, body } = await openDownload(url, {
      policy,
      authorization: `Bearer ${token}`,
      mayAsk: (target) => isOfMeta(target, app.graphUrl),
      locate: (address) => address,
      signal,
      idleMs: IDLE_MS,
    })
    if (status === 200) return body
    body.destroy()
    if ([403, 404, 410].includes(status)) return undefined
    const reason = status === 429 ? 'throttled' : 'server_unavailable'
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

function isOfMeta(url: URL, graphUrl: string): boolean {
  if (url.host === new URL(graphUrl).host) return true
  return (
    url.protocol === 'https:' &&
    /(?:^|\.)(?:fbsbx|fbcdn|cdninstagram|whatsapp)\.(?:com|net)$/.test(url.hostname)
  )
}
