// Seeded randomness, so the same seed always writes the same mails.

/** A small random source; every method moves the one sequence on. */
export interface Random {
  /** From 0 up to but not including 1. */
  next(): number
  /** Whole number from `low` to `high`, both included. */
  between(low: number, high: number): number
  chance(share: number): boolean
  pick<T>(list: readonly T[]): T
  /** Letters and digits, for ids and boundaries. */
  token(length: number): string
}

/** mulberry32. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  const between = (low: number, high: number) => low + Math.floor(next() * (high - low + 1))
  return {
    next,
    between,
    chance: (share) => next() < share,
    pick: (list) => list[between(0, list.length - 1)]!,
    token: (length) => Array.from({ length }, () => ALPHABET[between(0, 35)]).join(''),
  }
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789'
