// Prints the ten slowest test files at the end of a run, so that slowness is seen when it comes.
import type { Reporter, TestModule } from 'vitest/node'

export default class SlowestFiles implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const rows = modules
      .map((module) => ({ name: module.relativeModuleId, ms: wholeDuration(module) }))
      .sort((a, b) => b.ms - a.ms)
      .slice(0, 10)
    if (rows.length < 2) return
    console.log('\nSlowest test files')
    for (const { name, ms } of rows) console.log(`${(ms / 1000).toFixed(1).padStart(7)} s  ${name}`)
  }
}

function wholeDuration(module: TestModule): number {
  const { collectDuration, duration, environmentSetupDuration } = module.diagnostic()
  return collectDuration + duration + environmentSetupDuration
}
