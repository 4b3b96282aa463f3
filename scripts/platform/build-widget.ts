// The widget is built where it is missing or older than its sources; else nothing is done.
import { globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryDir } from './repository-dir.ts'

const root = join(repositoryDir, 'widget')

/** Resolves when dist/ is what the sources say. */
export async function buildWidget(): Promise<void> {
  if (isFresh()) return
  const { build } = await import('vite')
  for (const config of ['vite.config.ts', 'vite.loader.config.ts']) {
    await build({ configFile: join(root, config), logLevel: 'warn' })
  }
}

function isFresh(): boolean {
  const built = changedAt(join(root, 'dist/sdk.js'))
  const sources = globSync(['{src,locales}/**/*', '*.{ts,json}'], { cwd: root })
  return sources.every((file) => changedAt(join(root, file)) <= built)
}

function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
