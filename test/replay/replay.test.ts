// Workflow code of today replays what it did before: a change that would strand running workflows
// fails here and needs patched(). New histories: RECORD_HISTORIES=<name> vitest run test/workers
import { readdirSync } from 'node:fs'
import { Worker } from '@temporalio/worker'
import { beforeAll, expect, test } from 'vitest'
import { WORKFLOWS } from '../../temporal/contracts.ts'
import { AUTOMATIONS } from '../../workflows/automations/registry.ts'
import { workflowBundle } from '../support/shared-servers.ts'
import { historiesDir, readHistory } from './record-histories.ts'

const files = readdirSync(historiesDir).filter((file) => file.endsWith('.json'))
let bundle: Awaited<ReturnType<typeof workflowBundle>>
beforeAll(async () => {
  bundle = await workflowBundle()
})

test('every workflow type has a recorded history', () => {
  const recorded = new Set(files.map((file) => file.split('.')[0]!))
  const automations = AUTOMATIONS.map(({ name }) => name)
  expect([...recorded].sort()).toEqual([...Object.values(WORKFLOWS), ...automations].sort())
})

test.each(files)('%s replays', async (file) => {
  const { history, workflowId } = readHistory(file)
  await Worker.runReplayHistory({ workflowBundle: bundle }, history, workflowId)
})

test('no history holds a body, an address or a secret', () => {
  const planted =
    /customer\.test|shop\.test|Text of|a secret|another secret|still wrong|whsec_|127\.0\.0\.1|relay\.test/
  for (const file of files) expect(readHistory(file).readable).not.toMatch(planted)
})
