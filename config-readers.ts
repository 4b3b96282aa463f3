// Reading single settings from the environment: each is checked, and what is wrong is noted.
import { readFileSync } from 'node:fs'
import { isIP, isIPv4 } from 'node:net'

/** One key of ENCRYPTION_KEYS; the first of the list encrypts, all of them decrypt. */
export interface EncryptionKey {
  id: string
  key: Buffer
}

export type Environment = Record<string, string | undefined>

/** Readers that note a problem and go on, so that one start shows every mistake. */
export function readerOf(env: Environment, problems: string[]) {
  /** NAME, else what the file of NAME_FILE holds: Docker and Kubernetes hand secrets out as files. */
  function raw(name: string): string | undefined {
    const given = env[name]?.trim()
    const file = env[`${name}_FILE`]?.trim()
    if (given || !file) return given || undefined
    try {
      return readFileSync(file, 'utf8').trim() || undefined
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      problems.push(`${name}_FILE cannot be read (${code}): name a file that this user may read.`)
      return undefined
    }
  }
  const text = (name: string, fallback: string) => raw(name) ?? fallback

  function integer(name: string, fallback: number, least: number, most: number): number {
    const value = raw(name)
    if (value === undefined) return fallback
    const number = Number(value)
    if (Number.isInteger(number) && number >= least && number <= most) return number
    problems.push(`${name} must be a whole number from ${least} to ${most}.`)
    return fallback
  }

  /** Milliseconds. */
  function seconds(name: string, fallback: number, least: number, most: number): number {
    const value = raw(name)
    if (value === undefined) return fallback * 1000
    const number = Number(value)
    if (number >= least && number <= most) return Math.round(number * 1000)
    problems.push(`${name} must be a number of seconds from ${least} to ${most}.`)
    return fallback * 1000
  }

  function url<T extends string | null>(name: string, protocols: string[], fallback?: T) {
    const value = raw(name)
    if (value === undefined) {
      if (fallback !== undefined) return fallback
      problems.push(`${name} is missing: set it to a ${protocols[0]}//... address.`)
      return '' as T
    }
    if (URL.canParse(value) && protocols.includes(new URL(value).protocol)) return value as T
    problems.push(`${name} must be an address that begins with ${protocols.join('// or ')}//.`)
    return '' as T
  }

  function oneOf<T extends string>(name: string, allowed: readonly T[], fallback: T): T {
    const value = raw(name)
    if (value === undefined) return fallback
    const found = allowed.find((item) => item === value)
    if (found === undefined) problems.push(`${name} must be one of: ${allowed.join(', ')}.`)
    return found ?? fallback
  }

  function secret(name: string, least: number): string | null {
    const value = raw(name)
    if (value === undefined) return null
    if (value.length < least) {
      problems.push(`${name} is too short: use at least ${least} random characters.`)
    }
    return value
  }

  function list(name: string): string[] {
    const items = (raw(name) ?? '').split(',').map((item) => item.trim().toLowerCase())
    return items.filter((item) => item !== '')
  }

  /** Addresses of pages, separated by commas. */
  function urls(name: string): string[] {
    const items = (raw(name) ?? '').split(',').map((item) => item.trim())
    const given = items.filter((item) => item !== '')
    const isPage = (item: string) =>
      URL.canParse(item) && /^https?:$/.test(new URL(item).protocol) && !new URL(item).search
    if (given.every(isPage)) return given
    problems.push(`${name} must be addresses such as https://console.example.com/inboxes.`)
    return []
  }

  /** IP addresses, each with or without a port. */
  function addresses(name: string): string[] {
    const items = list(name)
    const isAddress = (item: string) =>
      isIP(item) > 0 ||
      isIPv4(item.replace(/:\d{1,5}$/, '')) ||
      /^\[[\da-f:.]+\]:\d{1,5}$/.test(item)
    if (items.every(isAddress)) return items
    problems.push(`${name} must be IP addresses such as 10.0.0.2 or 10.0.0.2:53.`)
    return []
  }

  /** Where a program of the operator's listens. */
  function socket(name: string): string | null {
    const value = raw(name)
    if (value === undefined || /^\/.|^[\w.-]+:\d{1,5}$/.test(value)) return value ?? null
    problems.push(`${name} must be host:port, or the path of a socket.`)
    return null
  }

  function keys(name: string, { required }: { required: boolean }): EncryptionKey[] {
    const remedy = 'use "id:base64,..." with 32 bytes each, newest first (openssl rand -base64 32)'
    const value = raw(name)
    if (value === undefined) {
      if (required) problems.push(`${name} is missing: ${remedy}.`)
      return []
    }
    const parsed = value.split(',').map((item) => {
      const [id = '', encoded = ''] = item.trim().split(/:(.*)/s)
      return { id, key: Buffer.from(encoded, 'base64') }
    })
    const distinct = new Set(parsed.map(({ id }) => id)).size === parsed.length
    const wellFormed = parsed.every(({ id, key }) => /^[\w.-]+$/.test(id) && key.length === 32)
    if (!distinct || !wellFormed) problems.push(`${name} cannot be read: ${remedy}.`)
    return parsed
  }

  return { text, integer, seconds, url, urls, oneOf, secret, list, addresses, socket, keys }
}

export type Readers = ReturnType<typeof readerOf>
