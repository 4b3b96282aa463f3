// Counts in a module variable: every workflow has a module world of its own, so each sees 1.
let count = 0

export async function countOnce(): Promise<number> {
  count += 1
  return count
}
