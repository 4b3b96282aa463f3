// README.md and docs/operations.md name what exists.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { readComposeFile } from '../compose/compose-file.ts'

const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const pages = ['README.md', 'docs/operations.md'].map((path) => ({ path, text: read(path) }))
const all = pages.map(({ text }) => text).join('\n')
const found = (pattern: RegExp, text = all) => [...text.matchAll(pattern)].map((match) => match[1]!)

test('every metric is described, and none that is not there', () => {
  const metrics = /['`](cloudchat_\w+)/g
  const made = found(metrics, read('api/metrics.ts') + read('workers/health.ts'))
  expect(new Set(found(metrics))).toEqual(new Set(made))
})

test('every npm script and every program that is named exists', () => {
  const { scripts } = JSON.parse(read('package.json'))
  const named = found(/npm run (?:-s )?([\w:-]+)/g)
  expect(named.length).toBeGreaterThan(2)
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named))
  for (const path of found(/\bnode ((?:db|api|workers|scripts)\/[\w/-]+\.ts)/g)) {
    expect(existsSync(join(root, path)), path).toBe(true)
  }
})

test('every service, volume and secret that is named is in docker-compose.yml', () => {
  const { services, secrets } = readComposeFile()
  const commands = found(
    /^docker compose (?:exec -T|run --rm(?: --no-deps -T --entrypoint tar)?) (\S+)/gm,
  )
  expect(commands.length).toBeGreaterThan(4)
  expect(Object.keys(services)).toEqual(expect.arrayContaining(commands))
  const files = found(/secrets\/(\w+)/g)
  expect(Object.keys(secrets)).toEqual(expect.arrayContaining(files))
})

test('every setting that is named is one', () => {
  const known = found(/^([A-Z0-9_]+)=/gm, read('.env.example'))
  const named = found(/`([A-Z][A-Z0-9]*_[A-Z0-9_]+)`/g).filter(
    // Temporal's own, and those of Compose and of the launcher alone.
    (name) => !/^TEMPORAL_(API_KEY|TLS)|^API_PORT$|^DATA_DIR$/.test(name),
  )
  expect(known).toEqual(expect.arrayContaining(named))
})

test('every link leads somewhere', () => {
  for (const { path, text } of pages) {
    for (const link of found(/\]\((?!http)([^)#]+)/g, text)) {
      expect(existsSync(join(root, dirname(path), link)), link).toBe(true)
    }
  }
})
