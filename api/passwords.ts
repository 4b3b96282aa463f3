// Passwords of people: only scrypt of them is stored (RFC 7914, costs by OWASP's recommendation).
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

/** 32 MB and about a third of a second for one guess. */
const COST = { N: 2 ** 15, r: 8, p: 3 }
const BYTES = 32

/** `scrypt:N:r:p:salt:hash`, so that later costs leave old passwords working. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const hash = await derive(password, salt, COST)
  return [
    'scrypt',
    COST.N,
    COST.r,
    COST.p,
    salt.toString('base64url'),
    hash.toString('base64url'),
  ].join(':')
}

/** Without a stored hash it takes as long as with one and is false: nobody learns who exists. */
export async function isPasswordOf(stored: string | null, password: string): Promise<boolean> {
  const [, N, r, p, salt = '', hash = ''] = (stored ?? NOBODY).split(':')
  const expected = Buffer.from(hash, 'base64url')
  const cost = { N: Number(N), r: Number(r), p: Number(p) }
  const given = await derive(password, Buffer.from(salt, 'base64url'), cost)
  return stored !== null && timingSafeEqual(given, expected)
}

const NOBODY = `scrypt:${COST.N}:${COST.r}:${COST.p}:${'A'.repeat(22)}:${'A'.repeat(43)}`

function derive(password: string, salt: Buffer, cost: typeof COST): Promise<Buffer> {
  // What looks the same on two keyboards is the same password (NIST SP 800-63B).
  const text = password.normalize('NFKC')
  const options = { ...cost, maxmem: 256 * cost.N * cost.r }
  return new Promise((resolve, reject) =>
    scrypt(text, salt, BYTES, options, (error, key) => (error ? reject(error) : resolve(key))),
  )
}
