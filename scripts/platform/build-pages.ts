// Console and widget are built where they are missing or older than their sources; else nothing is
// done.
import { globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryDir } from './repository-dir.ts'

/** Resolves when console/dist is what the sources say. */
export const buildConsole = () => build('console', 'dist/index.html', ['vite.config.ts'])

/** Resolves when widget/dist is what the sources say: the app, then the loader. */
export const buildWidget = () =>
  build('widget', 'dist/sdk.js', ['vite.config.ts', 'vite.loader.config.ts'])

async function build(workspace: string, last: string, configs: string[]): Promise<void> {
  const root = join(repositoryDir, workspace)
  const changedAt = (file: string) =>
    statSync(join(root, file), { throwIfNoEntry: false })?.mtimeMs ?? 0
  const built = changedAt(last)
  const sources = globSync(['{src,locales}/**/*', '*.{ts,json,html}'], { cwd: root })
  if (sources.every((file) => changedAt(file) <= built)) return
  // Only here: a start that builds nothing does without.
  const { build } = await import('vite')
  for (const config of configs) {
    await build({ configFile: join(root, config), logLevel: 'warn' })
  }
}
