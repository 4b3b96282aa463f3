// What the built widget weighs as it travels, in kB gzipped.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const dist = join(import.meta.dirname, '../../widget/dist')
const weigh = (file: string) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length / 1000

/** `app` is the script with the larger of its languages. */
export function widgetWeight(): { loader: number; app: number; styles: number } {
  const manifest = JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8'))
  const { file, css } = manifest['src/app/main.tsx']
  const language = Math.max(
    ...['en', 'pt-BR'].map((one) => weigh(manifest[`locales/${one}.po`].file)),
  )
  return { loader: weigh('sdk.js'), app: weigh(file) + language, styles: weigh(css[0]) }
}
