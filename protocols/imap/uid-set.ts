// Sets of UIDs as IMAP writes them (RFC 9051 sequence-set) and back.

/** `[1,2,3,7]` as `1:3,7`; any order comes in. */
export function uidSet(uids: readonly number[]): string {
  const sorted = [...uids].sort((a, b) => a - b)
  const ranges: string[] = []
  for (let i = 0; i < sorted.length; ) {
    let end = i
    while (end + 1 < sorted.length && sorted[end + 1]! <= sorted[end]! + 1) end++
    ranges.push(sorted[i] === sorted[end] ? `${sorted[i]}` : `${sorted[i]}:${sorted[end]}`)
    i = end + 1
  }
  return ranges.join(',')
}

/**
 * Ascending UIDs of a set without `*`.
 * @throws Error when a server claims more mails than any mailbox holds
 */
export function uidsOf(set: string): number[] {
  const uids: number[] = []
  for (const range of set.split(',')) {
    if (range === '') continue
    const [from = 0, to = from] = range.split(':').map(Number)
    // `1:4294967295` from a broken server would otherwise fill the memory.
    if (uids.length + Math.abs(to - from) > MOST) throw new Error('An absurd number of mails')
    for (let uid = Math.min(from, to); uid <= Math.max(from, to); uid++) uids.push(uid)
  }
  return uids.sort((a, b) => a - b)
}

const MOST = 10_000_000
