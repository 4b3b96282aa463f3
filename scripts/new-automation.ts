// `npm run new:automation thank-you`: a folder of its own out of the follow-up, and its two lines in
// the registry. A second argument names another repository, for the test.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const MODEL = 'follow-up'
const [, , name = '', root = join(import.meta.dirname, '..')] = process.argv
const home = join(root, 'workflows/automations')
const camel = camelCase(name)

if (!/^[a-z]+(-[a-z]+)*$/.test(name)) {
  refuse('Say how it is called, in words joined by dashes: npm run new:automation thank-you')
}
if (existsSync(join(home, name))) refuse(`workflows/automations/${name} is there already`)

mkdirSync(join(home, name))
for (const file of readdirSync(join(home, MODEL))) {
  const text = readFileSync(join(home, MODEL, file), 'utf8')
  writeFileSync(join(home, name, file.replace(MODEL, name)), renamed(text))
}
change('registry.ts', (text) =>
  text
    .replace(
      /\n\nexport const/,
      `\nimport { definition as ${camel} } from './${name}/definition.ts'$&`,
    )
    .replace(/\n\]\n$/, `\n  ${camel},$&`),
)
change('workflows.ts', (text) => `${text}export { ${camel} } from './${name}/workflow.ts'\n`)
console.log(`workflows/automations/${name} is yours; docs/automations.md says how to go on.`)

function change(file: string, edit: (text: string) => string): void {
  const path = join(home, file)
  writeFileSync(path, edit(readFileSync(path, 'utf8')))
}

function renamed(text: string): string {
  const title = name.replaceAll('-', ' ')
  return text
    .replaceAll(camelCase(MODEL), camel)
    .replaceAll(MODEL, name)
    .replace(/(en|'pt-BR'): '[^']*'/g, `$1: '${title[0]!.toUpperCase()}${title.slice(1)}'`)
}

function camelCase(words: string): string {
  return words.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function refuse(why: string): never {
  console.error(why)
  process.exit(1)
}
