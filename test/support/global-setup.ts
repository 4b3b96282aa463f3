// Runs once before all test files: opens the harness and tells them where it is.
import type { TestProject } from 'vitest/node'
import { startHarness } from './harness.ts'

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const harness = await startHarness()
  project.provide('harness', harness.url)
  return harness.stop
}
