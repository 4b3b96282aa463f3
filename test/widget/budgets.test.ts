// What the widget weighs, as it travels.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, expect, test } from 'vitest'
import { builtWidget } from '../support/shared-servers.ts'

const dist = join(import.meta.dirname, '../../widget/dist')
const weigh = (file: string) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length / 1000

beforeAll(() => builtWidget())

test('the loader is at most 4 kB, the app 35 kB with one language, its styles 8 kB', () => {
  const manifest = JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8'))
  const { file, css } = manifest['src/app/main.tsx']
  const language = Math.max(
    ...['en', 'pt-BR'].map((one) => weigh(manifest[`locales/${one}.po`].file)),
  )
  expect(weigh('sdk.js')).toBeLessThanOrEqual(4)
  expect(weigh(file) + language).toBeLessThanOrEqual(35)
  expect(weigh(css[0])).toBeLessThanOrEqual(8)
})
