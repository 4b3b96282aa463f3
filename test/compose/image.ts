// The image without Docker: what the Dockerfile and .dockerignore put into it, in a folder.
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { run } from '../../scripts/servers/child-process.ts'
import { root } from './compose-file.ts'

export interface Instruction {
  stage: string
  name: string
  rest: string
}

/** Comments and continued lines are resolved; a stage without a name is called by its number. */
export function readDockerfile(): Instruction[] {
  const text = readFileSync(join(root, 'Dockerfile'), 'utf8')
  const lines = text.replace(/^#.*\n/gm, '').replace(/\\\n\s*/g, '')
  let stage = ''
  let stages = 0
  return lines
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, name = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? []
      if (name === 'FROM') stage = / AS (\w+)$/.exec(rest)?.[1] ?? String(stages++)
      return { stage, name, rest }
    })
}

/** ENV of the last stage. */
export function imageEnvironment(): Record<string, string> {
  const last = readDockerfile().at(-1)!.stage
  const lines = readDockerfile().filter((one) => one.stage === last && one.name === 'ENV')
  const pairs = lines.flatMap(({ rest }) => rest.split(/\s+/)).map((pair) => pair.split(/=(.*)/s))
  return Object.fromEntries(pairs.map(([name, value]) => [name, value]))
}

/** The paths that .dockerignore lets through. */
export function contextPaths(): string[] {
  const lines = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n')
  const rules = lines.filter((line) => line !== '' && !line.startsWith('#'))
  if (rules[0] !== '*') throw new Error('.dockerignore must begin by leaving everything out')
  return rules.slice(1).map((rule) => rule.replace(/^!/, ''))
}

/** Lays out /app in `dir`, with the packages of `npm ci --omit=dev`, and runs the build's programs. */
export async function layOutImage(dir: string): Promise<void> {
  for (const path of contextPaths()) cpSync(join(root, path), join(dir, path), { recursive: true })
  for (const name of productionPackages()) {
    const link = join(dir, 'node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), link)
  }
  for (const { name, rest } of readDockerfile()) {
    if (name !== 'RUN' || !rest.startsWith('node ')) continue
    await run(process.execPath, rest.split(' ').slice(1), { cwd: dir })
  }
}

/** Those at the top of node_modules that are not for development alone. */
function productionPackages(): string[] {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean }>
  }
  return Object.entries(lock.packages)
    .filter(([path, { dev }]) => /^node_modules\/(?:@[^/]+\/)?[^/]+$/.test(path) && !dev)
    .map(([path]) => path.slice('node_modules/'.length))
    .filter((name) => existsSync(join(root, 'node_modules', name)))
}
