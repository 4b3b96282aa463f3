// How the tests run: two files at a time on two cores, sixty seconds as the ceiling of any wait.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'channels/**/*.test.ts', 'workflows/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    reporters: ['default', './test/support/slowest-files.ts'],
    maxWorkers: 2,
    testTimeout: 60_000,
    // The first test that asks for a server may have to wait for its download.
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
  },
})
