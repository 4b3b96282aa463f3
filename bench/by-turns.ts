// Ours and its floor in one run, A B B A: what gets slower or faster with time hits both alike.
import { median, rounded } from './measure.ts'

export type Way = 'floor' | 'ours'

/** `measure` tells how many a second a way does, once a round each; the medians, as they are printed. */
export async function byTurns(rounds: number, measure: (way: Way) => Promise<number>) {
  const rates: Record<Way, number[]> = { floor: [], ours: [] }
  for (let round = 0; round < rounds; round++) {
    const order: Way[] = round % 2 === 0 ? ['floor', 'ours'] : ['ours', 'floor']
    for (const way of order) {
      const rate = await measure(way)
      rates[way].push(rate)
      console.log(`${way}: ${rounded(rate, 1)} a second`)
    }
  }
  const [ours, floor] = [median(rates.ours), median(rates.floor)]
  return {
    ours_per_s: rounded(ours, 1),
    floor_per_s: rounded(floor, 1),
    ratio: rounded(ours / floor, 2),
  }
}
