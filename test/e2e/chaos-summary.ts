// The chaos run says how it goes after each test, and all in all in its last line.
import type { Reporter, TestCase, TestModule } from 'vitest/node'

export default class ChaosSummary implements Reporter {
  readonly #startedAt = Date.now()
  readonly #struck = new Map<string, number>()

  onTestCaseResult(test: TestCase): void {
    const { faults = [] } = test.meta()
    for (const fault of faults) this.#struck.set(fault, (this.#struck.get(fault) ?? 0) + 1)
    const { state } = test.result()
    const seconds = Math.round((test.diagnostic()?.duration ?? 0) / 1000)
    console.log(
      `${state}: ${test.name} (${seconds} s)${faults.map((fault) => ` ${fault}`).join('')}`,
    )
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const states = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => test.result().state),
    )
    const passed = states.filter((state) => state === 'passed').length
    const faults = [...this.#struck].map(([fault, count]) => `${count} ${fault}`).join(', ')
    const minutes = ((Date.now() - this.#startedAt) / 60_000).toFixed(1)
    // Vitest prints a summary of its own when all reporters are done.
    process.on('exit', () =>
      console.log(
        `Chaos: ${passed} of ${states.length} scenarios passed in ${minutes} min; faults: ${faults}`,
      ),
    )
  }
}
