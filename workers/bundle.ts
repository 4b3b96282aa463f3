// The workflow bundle: built once per process (or once per test run) and shared by every worker.

import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, type WorkflowBundleWithSourceMap } from '@temporalio/worker'

let cached: Promise<WorkflowBundleWithSourceMap> | undefined

/** About 1.5 s the first time, nothing after that. */
export function bundleWorkflows(): Promise<WorkflowBundleWithSourceMap> {
  cached ??= bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../workflows/index.ts', import.meta.url)),
  })
  return cached
}
