// Links to files as the API hands them out and takes them back.
import type { FastifyRequest } from 'fastify'
import { type FilePath, fileUrl, isFileUrl } from '../storage/file-links.ts'
import type { Deps } from './context.ts'
import { type Static, Type } from './schemas.ts'

const LIFETIME_MS = 3_600_000

/** An absolute address that opens the file for an hour. */
export function signedUrl({ config, clock }: Deps, accountId: number, path: FilePath): string {
  return fileUrl(config, accountId, path, new Date(clock().getTime() + LIFETIME_MS))
}

/** Query of a route that a signed link opens. */
export const SignedQuery = Type.Object({
  expires: Type.Integer({ default: 0 }),
  signature: Type.String({ maxLength: 100, default: '' }),
})
type Link = Static<typeof SignedQuery>

/** Each link has a limit of its own: an office loads its pictures from one address. */
export const limitedByLink = {
  rateLimit: {
    keyGenerator: ({ query }: FastifyRequest) => String((query as Link).signature).slice(0, 100),
  },
}

/** Whether the link was made by us, for this very file, and has not expired. */
export function isSigned(
  { config, clock }: Deps,
  accountId: number,
  path: FilePath,
  link: Link,
): boolean {
  return isFileUrl(config, accountId, path, { ...link, now: clock() })
}
