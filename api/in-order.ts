// Requests that look something up go on in the order they came, which many connections to the database
// would mix up. The looking up itself is done side by side.

/** @returns a wrapper: what it returns settles only after everything that was begun before it */
export function createInOrder() {
  let before: Promise<unknown> = Promise.resolve()
  return <T>(work: Promise<T>): Promise<T> => {
    const turn = Promise.allSettled([before, work]).then(() => work)
    before = turn.catch(() => undefined)
    return turn
  }
}
