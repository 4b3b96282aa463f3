// What axe finds on a page that keeps somebody from using it.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Found {
  passes: unknown[]
  violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[]
}

/** Serious and critical findings, each with the element it is about. */
export async function obstaclesOn(page: Page): Promise<string[]> {
  // Not as a script element: the page's policy takes none without its nonce.
  await page.evaluate(axe)
  const { violations, passes } = await page.evaluate<Found>('axe.run()')
  // A page that is not there yet has no obstacles either.
  if (passes.length < 10) throw new Error(`axe looked at next to nothing on ${page.url()}`)
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
    )
}
