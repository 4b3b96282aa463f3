// npm run test:chaos: faults at full size, one scenario after the other, up to an hour.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.chaos.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    reporters: ['default', './test/e2e/chaos-summary.ts'],
    disableConsoleIntercept: true,
    maxWorkers: 1,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
  },
})
