// The first step of docs/automations.md, on a copy of the automations.
import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const copy = mkdtempSync(join(tmpdir(), 'automations-'))
const home = 'workflows/automations'
afterAll(() => rmSync(copy, { recursive: true, force: true }))

const run = promisify(execFile)
const make = (name: string) =>
  run(process.execPath, [join(root, 'scripts/new-automation.ts'), name, copy])
const read = (file: string) => readFileSync(join(copy, home, file), 'utf8')

test('a new automation has its folder and its lines, under its own name; no other is overwritten', async () => {
  cpSync(join(root, home), join(copy, home), { recursive: true })
  await make('thank-you')
  // The registry imports data only, so Node alone can read it.
  const registry = join(copy, home, 'registry.ts')
  const printed = `import(${JSON.stringify(registry)}).then((m) => console.log(JSON.stringify(m.AUTOMATIONS)))`
  const { stdout } = await run(process.execPath, ['-e', printed])
  expect(JSON.parse(stdout).at(-1)).toMatchObject({
    name: 'thankYou',
    title: { en: 'Thank you', 'pt-BR': 'Thank you' },
  })
  expect(read('workflows.ts')).toContain("export { thankYou } from './thank-you/workflow.ts'")
  expect(read('thank-you/workflow.ts')).toContain('export async function thankYou(')
  expect(read('thank-you/thank-you.test.ts')).toContain('definition.name')
  expect(read('thank-you/workflow.ts')).not.toMatch(/follow-?up/i)
  await expect(make('thank-you')).rejects.toThrow('is there already')
  await expect(make('Thank You')).rejects.toThrow('joined by dashes')
})
