// The workflow bundle: built once per process (or once per test run) and shared by every worker.
// `node workers/bundle.ts FILE` writes it for WORKFLOW_BUNDLE, as the Dockerfile does.

import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  bundleWorkflowCode,
  DefaultLogger,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker'

let cached: Promise<WorkflowBundleWithSourceMap> | undefined

/** About 1.5 s the first time, nothing after that. */
export function bundleWorkflows(): Promise<WorkflowBundleWithSourceMap> {
  cached ??= bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../workflows/index.ts', import.meta.url)),
    // The bundler's table of modules is nobody's log.
    logger: new DefaultLogger('WARN'),
  })
  return cached
}

/**
 * What tells the workers of one release from those of another: the same workflow code is the same
 * version, whoever built it. @param codePath of a bundle; null: this checkout's
 */
export async function versionOf(codePath: string | null): Promise<string> {
  const code = codePath ? readFileSync(codePath) : (await bundleWorkflows()).code
  return createHash('sha256').update(code).digest('hex').slice(0, 16)
}

if (import.meta.main) {
  const [, , file] = process.argv
  if (!file) throw new Error('Say where to write the bundle: node workers/bundle.ts FILE')
  writeFileSync(file, (await bundleWorkflows()).code)
}
