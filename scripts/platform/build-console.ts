// The console is built where it is missing or older than its sources; else nothing is done.
import { globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryDir } from './repository-dir.ts'

const root = join(repositoryDir, 'console')

/** Resolves when console/dist is what the sources say. */
export async function buildConsole(): Promise<void> {
  const built = changedAt('dist/index.html')
  const sources = globSync(['{src,locales}/**/*', '*.{ts,json,html}'], { cwd: root })
  if (sources.every((file) => changedAt(file) <= built)) return
  // Only here: a start that builds nothing does without.
  const { build } = await import('vite')
  await build({ configFile: join(root, 'vite.config.ts'), logLevel: 'warn' })
}

function changedAt(file: string): number {
  return statSync(join(root, file), { throwIfNoEntry: false })?.mtimeMs ?? 0
}
