// What net throws. Channels translate these; net knows no channel.

/** Policy forbids to dial this host. */
export class HostRefused extends Error {
  readonly code = 'EHOSTREFUSED'
  readonly host: string
  readonly why: 'private_address' | 'port' | 'invalid_host' | 'clear_text'

  constructor(host: string, why: HostRefused['why']) {
    super(`${host} may not be dialled: ${why}`)
    this.name = 'HostRefused'
    this.host = host
    this.why = why
  }
}

/** The name has no address; `temporary` when the resolver itself failed. */
export class HostUnknown extends Error {
  readonly code: 'ENOTFOUND' | 'EAI_AGAIN'
  readonly host: string
  readonly temporary: boolean

  constructor(host: string, temporary: boolean) {
    super(`${host} ${temporary ? 'could not be looked up' : 'does not exist'}`)
    this.name = 'HostUnknown'
    this.code = temporary ? 'EAI_AGAIN' : 'ENOTFOUND'
    this.host = host
    this.temporary = temporary
  }
}

/** A guarded request that ended without a whole answer. */
export class RequestFailed extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.name = 'RequestFailed'
    this.code = code
  }
}
