// Limits of single routes by the address of who calls, beside the limit of the whole API.
import rateLimit from '@fastify/rate-limit'
import type { FastifyRequest } from 'fastify'
import type { App } from './context.ts'
import { apiError } from './errors.ts'

/** Of IPv6 the network of 64 bits: whoever has one address there has all of them. */
export const addressOf = ({ ip }: FastifyRequest) => rateLimit.normalizeIP(ip)

/** Counts a request of the address. @throws rate_limited beyond `max` of them in a minute */
export function limitByAddress(app: App, max: number): (request: FastifyRequest) => Promise<void> {
  const count = app.createRateLimit({ max, timeWindow: '1 minute', keyGenerator: addressOf })
  return async (request) => {
    const tries = await count(request)
    if (!tries.isAllowed && tries.isExceeded) {
      throw apiError('rate_limited', undefined, tries.ttlInSeconds)
    }
  }
}
