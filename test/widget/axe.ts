// axe-core in a frame of a page.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Frame } from 'playwright-core'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Violation {
  id: string
  impact: string
  nodes: { html: string }[]
}

/** Rules of serious or critical impact that the frame breaks, each with where. */
export async function seriousViolations(frame: Frame): Promise<string[]> {
  // Not through a script element, which the page's policy would refuse.
  await frame.evaluate(source)
  const violations = await frame.evaluate<Violation[]>(
    'axe.run({ iframes: false }).then(({ violations }) => violations)',
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}
