// Every test title that the articles page cites exists.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

test('every test that the articles page cites exists', () => {
  const titles = globSync('test/**/*.test.ts', { cwd: root })
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('\n')
  const cited = readFileSync(join(root, 'docs/articles.md'), 'utf8')
    .split('\n')
    .map((line) => line.split('|')[2]?.trim())
    .filter((cell) => cell?.startsWith('"'))
    .map((cell) => cell!.slice(1, -1))
  expect(cited.length).toBeGreaterThan(20)
  expect(cited.filter((title) => !titles.includes(title))).toEqual([])
})
