// Message-ID, In-Reply-To and References (RFC 5322 3.6.4), which mailers fill with all sorts of junk.

/** Ids without brackets, in order, each once. Comments, dates and phrases between them are ignored. */
export function parseMessageIds(value: string | undefined): string[] {
  if (value === undefined) return []
  const ids = new Set<string>()
  for (const match of value.matchAll(/<([^<>]*)>/g)) keep(ids, match[1]!)
  if (ids.size === 0) {
    for (const word of value.split(/[\s,<>]+/)) if (word.includes('@')) keep(ids, word)
  }
  return [...ids].slice(-LONGEST_LIST)
}

/** The id of the mail itself, or null when the header is missing or unusable. */
export function parseMessageId(value: string | undefined): string | null {
  if (value === undefined) return null
  const [id] = parseMessageIds(value)
  if (id !== undefined) return id
  const bare = value.replace(/[<>\s]+/g, '')
  return isUsable(bare) ? bare : null
}

// The nearest ancestors decide the thread; nobody follows more than these.
const LONGEST_LIST = 500

function keep(ids: Set<string>, raw: string): void {
  const id = raw.replace(/\s+/g, '')
  if (isUsable(id)) ids.add(id)
}

function isUsable(id: string): boolean {
  return id.length >= 3 && id.length <= 998 && !id.startsWith('@') && !id.endsWith('@')
}
