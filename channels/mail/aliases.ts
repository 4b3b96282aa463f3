// Other addresses of a mailbox, as a form names them.
import { normalizeAddress } from '../../protocols/mime/addresses.ts'
import { InvalidSettings } from '../errors.ts'

const MOST = 50

/** Once each, as they are stored. @throws InvalidSettings */
export function aliasesAt(value: unknown): string[] {
  if (value === undefined || value === null) return []
  const aliases = Array.isArray(value) && value.length <= MOST ? value.map(addressOf) : [null]
  if (aliases.includes(null)) throw new InvalidSettings('aliases', 'not_addresses')
  return [...new Set(aliases as string[])]
}

const addressOf = (value: unknown) => normalizeAddress(typeof value === 'string' ? value : '')
