// Work that only so many may do at a time; the others wait in the order they came.

/** Returns what runs work as soon as a place is free. */
export function createTurns(places: number) {
  let free = places
  const waiting: (() => void)[] = []
  return async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      // A place goes straight to the next one, so that nobody slips in between.
      if (next) next()
      else free += 1
    }
  }
}
