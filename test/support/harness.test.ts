// The harness gives test files what they build on: databases, Temporal, the workflow bundle.
import { readFileSync } from 'node:fs'
import { TestWorkflowEnvironment } from '@temporalio/testing'
import postgres from 'postgres'
import { expect, it, onTestFinished } from 'vitest'
import { createTestDatabase } from './database.ts'
import { sharedTemporal, testServerPath, workflowBundle } from './shared-servers.ts'
import { waitFor } from './wait-for.ts'

it('gives each file a migrated database that the others do not see', async () => {
  const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()])
  onTestFinished(async () => {
    await Promise.all([one.drop(), other.drop()])
  })
  const sql = postgres(one.url, { max: 1 })
  onTestFinished(() => sql.end())
  const [accounts] = await sql`select to_regclass('accounts') is not null as migrated`
  expect(accounts).toEqual({ migrated: true })
  await sql`create table only_here ()`
  const elsewhere = postgres(other.url, { max: 1 })
  onTestFinished(() => elsewhere.end())
  expect(await elsewhere`select to_regclass('only_here') as it`).toEqual([{ it: null }])
})

it('starts the shared Temporal server once', async () => {
  const [first, second] = await Promise.all([sharedTemporal(), sharedTemporal()])
  expect(second).toEqual(first)
})

it('skips time with the test server it found', async () => {
  const path = await testServerPath()
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  })
  onTestFinished(() => environment.teardown())
  await environment.sleep('1 day')
})

it('bundles the workflows once for all workers', async () => {
  const [first, second] = await Promise.all([workflowBundle(), workflowBundle()])
  expect(second).toEqual(first)
  expect(readFileSync(first.codePath, 'utf8')).toContain('__TEMPORAL__')
})

it('says what it waited for when it waits in vain', async () => {
  let asked = 0
  await waitFor(() => ++asked === 3, { what: 'three', everyMs: 1 })
  const never = waitFor(() => false, { what: 'the moon', timeoutMs: 5, everyMs: 1 })
  await expect(never).rejects.toThrow('the moon')
})
