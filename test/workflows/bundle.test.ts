// The bundle holds every workflow type and nothing of Node, and keeps tenants' workflows apart.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from '@temporalio/client'
import { bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker'
import { expect, test } from 'vitest'
import { WORKFLOWS } from '../../temporal/contracts.ts'
import { AUTOMATIONS } from '../../workflows/automations/registry.ts'
import * as workflows from '../../workflows/index.ts'
import { sharedTemporal, workflowBundle } from '../support/shared-servers.ts'

test('every workflow type of the contracts is exported, and no other', () => {
  const automations = AUTOMATIONS.map(({ name }) => name)
  const types = [...Object.values(WORKFLOWS), ...automations]
  expect(Object.keys(workflows).sort()).toEqual(types.sort())
})

test('the bundle is small and holds no activity, database or provider code', async () => {
  const { codePath } = await workflowBundle()
  // The source map is inlined at the end and is not loaded by the sandbox.
  const code = readFileSync(codePath, 'utf8').split('//# sourceMappingURL')[0]!
  expect(code.length).toBeLessThan(2_000_000)
  for (const foreign of ['imapflow', 'kysely', 'nodemailer', 'typebox']) {
    expect(code.includes(`node_modules/${foreign}/`), foreign).toBe(false)
  }
})

test('three workflows that count in a module variable each see 1', async () => {
  // Not the time-skipping server: it lets the tasks of parallel workflows expire.
  const [{ address }, bundle] = await Promise.all([
    sharedTemporal(),
    bundleWorkflowCode({ workflowsPath: join(import.meta.dirname, 'canary-workflow.ts') }),
  ])
  const taskQueue = `canary-${process.pid}`
  const connection = await NativeConnection.connect({ address })
  const client = new Client({ connection })
  const worker = await Worker.create({ connection, taskQueue, workflowBundle: bundle })
  const counts = await worker.runUntil(
    Promise.all(
      [1, 2, 3].map((one) =>
        client.workflow.execute<() => Promise<number>>('countOnce', {
          workflowId: `${taskQueue}/${one}`,
          taskQueue,
        }),
      ),
    ),
  )
  expect(counts).toEqual([1, 1, 1])
  await connection.close()
})
