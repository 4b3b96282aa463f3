// Which room may import which, and what a file may be called and weigh.
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

/** `config` is the one reader of the environment; programs (main.ts) compose what rooms keep apart. */
const MAY_IMPORT: Record<string, string[]> = {
  domain: [],
  temporal: ['domain'],
  net: ['domain'],
  protocols: ['domain', 'net'],
  channels: ['domain', 'protocols', 'net'],
  db: ['domain', 'config.ts'],
  storage: ['domain'],
  messaging: ['domain', 'db', 'storage', 'channels/channel.ts', 'channels/webhook.ts'],
  activities: [
    'domain',
    'temporal',
    'channels',
    'protocols/smtp/system-mail.ts',
    'messaging',
    'db',
    'storage',
    'net',
    'locales',
  ],
  workflows: ['domain', 'temporal/contracts.ts', 'activities (types)'],
  workers: ['activities', 'temporal', 'db', 'channels', 'storage', 'config.ts', 'domain', 'net'],
  api: [
    'domain',
    'temporal',
    'messaging',
    'db',
    'channels',
    'storage',
    'locales',
    'config.ts',
    'workflows/automations/registry.ts',
  ],
  locales: ['domain'],
}

interface Import {
  from: string
  to: string
  typeOnly: boolean
}

const files = globSync('**/*.ts', { cwd: root })
  .filter((file) => !/(^|\/)(node_modules|\.data|\.cache|dist)\//.test(file))
  .sort()
const imports: Import[] = files.flatMap((file) =>
  [
    ...readFileSync(join(root, file), 'utf8').matchAll(
      /^(?:import|export)\s+(type\s)?[^'"]*?from\s+'(\.[^']+)'/gm,
    ),
  ].map((match) => ({
    from: file,
    to: relative(root, join(root, dirname(file), match[2]!)),
    typeOnly: match[1] !== undefined,
  })),
)
const room = (file: string) => file.split('/')[0]!

function allowed({ from, to, typeOnly }: Import): boolean {
  const rule = MAY_IMPORT[room(from)]
  // An automation's test lies beside it.
  if (!rule || room(from) === room(to) || from.endsWith('.test.ts')) return true
  return rule.some(
    (entry) =>
      to === entry || to.startsWith(`${entry}/`) || (typeOnly && entry === `${room(to)} (types)`),
  )
}

test('every import follows the arrows between rooms', () => {
  const wrong = imports.filter((one) => !allowed(one)).map(({ from, to }) => `${from} -> ${to}`)
  expect(wrong).toEqual([])
})

test('the arrows are checked at all: imports are found, and a forbidden one is noticed', () => {
  expect(imports.length).toBeGreaterThan(50)
  expect(allowed({ from: 'domain/a.ts', to: 'db/b.ts', typeOnly: true })).toBe(false)
  expect(allowed({ from: 'workflows/a.ts', to: 'activities/b.ts', typeOnly: false })).toBe(false)
  expect(allowed({ from: 'workflows/a.ts', to: 'activities/b.ts', typeOnly: true })).toBe(true)
})

/** What several channels are made of, and no channel itself. */
const isShared = (file: string) => /^channels\/(?:mail|meta|whatsapp)\//.test(file)

test('a channel never imports another channel', () => {
  const channelOf = (file: string) => /^channels\/([^/]+)\//.exec(file)?.[1]
  const wrong = imports.filter(
    ({ from, to }) =>
      channelOf(from) && channelOf(to) && channelOf(from) !== channelOf(to) && !isShared(to),
  )
  expect(wrong).toEqual([])
})

test('no import circle', () => {
  const graph = new Map<string, string[]>()
  for (const { from, to, typeOnly } of imports) {
    if (!typeOnly) graph.set(from, [...(graph.get(from) ?? []), to])
  }
  const done = new Set<string>()
  const visit = (file: string, path: string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file]
    if (done.has(file)) return undefined
    for (const next of graph.get(file) ?? []) {
      const circle = visit(next, [...path, file])
      if (circle) return circle
    }
    done.add(file)
    return undefined
  }
  expect(files.map((file) => visit(file, [])).find(Boolean)).toBeUndefined()
})

test('the environment is read in one place', () => {
  const readers = files.filter(
    (file) =>
      room(file) in MAY_IMPORT &&
      /process\.env/.test(readFileSync(join(root, file), 'utf8')) &&
      !file.endsWith('/main.ts'),
  )
  expect(readers).toEqual([])
})

test('no file outgrows its room, none hides behind a name that says nothing', () => {
  const long = files.filter(
    (file) => readFileSync(join(root, file), 'utf8').split('\n').length > 401,
  )
  const vague = files.filter((file) =>
    /(^|\/)(utils?|helpers?|misc|common|manager|service|types)\.ts$/.test(file),
  )
  expect({ long, vague }).toEqual({ long: [], vague: [] })
})
