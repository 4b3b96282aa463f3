// The demo as a newcomer runs it, ended by itself after its walk: every step of it checks itself.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

test('the demo imports 500 mails, shows a live one, answers it, and leaves nothing behind', async () => {
  const demo = promisify(execFile)(process.execPath, ['scripts/demo.ts', '--exit'], { cwd: root })
  const { stdout, stderr } = await demo
  expect(stderr).toBe('')
  expect(stdout).toContain('500/500 mails')
  expect(stdout).toContain('ClaudIA was held meanwhile, and was asked about none of them.')
  expect(stdout).toContain('The SMTP server has it, as the answer to the right mail')
  expect(stdout).toMatch(/In-Reply-To: <[^>]+@cliente\.example>/)
  for (const link of [
    /Console +http:\S+\/console\/welcome#/,
    /API docs +http:\S+\/docs/,
    /Inbox's workflow +http:\S+\/inbox%2F\d+/,
  ]) {
    expect(stdout).toMatch(link)
  }
  const [, dir] = /Everything lies in (\S+)/.exec(stdout)!
  expect(existsSync(dir!)).toBe(false)
}, 120_000)
