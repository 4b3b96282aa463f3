// The runbook for automations in docs/operations.md, taken at its word: its lines are run as they stand
// there, on a real Temporal with an automation that waits.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { promoteRelease } from '../../scripts/release-promote.ts'
import { findTemporal } from '../../scripts/servers/temporal.ts'
import { workflowIds } from '../../temporal/contracts.ts'
import { versionOf } from '../../workers/bundle.ts'
import { mail } from '../messaging/mailroom.ts'
import { openRuleRoom, type RuleRoom } from '../messaging/rule-room.ts'
import { workflowBundle } from '../support/shared-servers.ts'
import { waitFor } from '../support/wait-for.ts'
import { type Platform, startPlatform } from './platform.ts'

const root = join(import.meta.dirname, '../..')
const page = readFileSync(join(root, 'docs/operations.md'), 'utf8')
/** By the name that its comment begins with. */
const lines = Object.fromEntries(
  [...page.matchAll(/^# (\w+): .*\n((?:temporal|npm) .*)$/gm)].map((match) => [
    match[1]!,
    match[2]!,
  ]),
)
const used = new Set<string>()
const bin = mkdtempSync(join(tmpdir(), 'runbook-'))
let platform: Platform
let room: RuleRoom

beforeAll(async () => {
  symlinkSync(await findTemporal(), join(bin, 'temporal'))
  const { codePath } = await workflowBundle()
  const version = await versionOf(codePath)
  // A minute's wait of an automation is over after a second.
  const clock = () => new Date(Date.now() - 59_000)
  platform = await startPlatform({ release: { codePath, version }, clock })
  const { namespace } = platform.server
  await promoteRelease(platform.client.connection, { namespace, version })
  room = await openRuleRoom(platform.db)
  await rule('followUp', { minutes: 60, message: 'Text of a follow-up' })
  await rule('satisfactionSurvey', { minutes: 1, question: 'Text of a question', thanks: 'Thanks' })
})
afterAll(async () => {
  await platform?.stop()
  rmSync(bin, { recursive: true, force: true })
})

/** Runs the page's line, about this automation instead of the page's. */
async function run(name: string, automation?: string): Promise<string> {
  used.add(name)
  const here = lines[name]!.replace('automation/7/0', automation ?? '').replace(
    'AccountId = "1"',
    `AccountId = "${room.accountId}"`,
  )
  const env = {
    PATH: [bin, process.env.PATH].join(delimiter),
    HOME: process.env.HOME ?? bin,
    TEMPORAL_ADDRESS: platform.server.address,
    WORKFLOW_BUNDLE: (await workflowBundle()).codePath,
  }
  const { stdout } = await promisify(execFile)('bash', ['-euc', here], { env, cwd: root })
  return stdout
}

/** Begins the automation for every message that names it, and keeps the conversation waiting. */
const rule = (workflow: string, parameters: Record<string, string | number>) =>
  room.rule(
    [
      { action: 'run_workflow', workflow, parameters },
      // A survey asks only about what is resolved.
      { action: 'change_status', status: 'resolved' },
      { action: 'wait', minutes: 600 },
    ],
    { conditions: { attribute: 'content', operator: 'contains', values: [workflow] } },
  )

const receipts = () =>
  platform.db
    .selectFrom('action_receipts')
    .select(['run_id', 'outcome', 'reason'])
    .where('account_id', '=', room.accountId)
    .where('action', '=', 'run_workflow')
    .orderBy('run_id')
    .execute()

/** A new one, once it has begun to wait. */
async function begun(workflow: string) {
  const before = (await receipts()).length
  await room.live([mail({ from: `${crypto.randomUUID()}@customer.test`, text: workflow })])
  const { run_id } = await waitFor(async () => (await receipts())[before], { what: workflow })
  const id = workflowIds.automation(run_id, 0)
  await waitFor(async () => (await run('Metadata', id).catch(() => '')).includes('Waits until'), {
    what: 'its wait',
    everyMs: 500,
  })
  const receipt = async () => (await receipts()).find((one) => one.run_id === run_id)!
  return { id, receipt }
}

const lists = (name: string, id: string) =>
  waitFor(async () => (await run(name)).includes(id), { what: `${id} in ${name}`, everyMs: 500 })

test('an automation is found by every filter, and says what it does', async () => {
  const { id } = await begun('followUp')
  await lists('Automations', id)
  await lists('Kind', id)
  const conversation = (await room.conversations()).at(-1)!
  await lists('Conversations', workflowIds.conversation(conversation.id))
  expect(await run('Describe', id)).toMatch(/Type +followUp/)
  expect(await run('Replay', id)).toContain('this code can go on with it')
})

test('one that is begun anew does not repeat what it has done, and goes on', async () => {
  const { id, receipt } = await begun('satisfactionSurvey')
  await waitFor(async () => (await room.sent()).length > 0, { what: 'the question' })
  await run('Reset', id)
  const handle = platform.client.workflow.getHandle(id)
  // It asks again only in its code: it is back where it waits for the answer.
  await waitFor(
    async () =>
      ((await handle.fetchHistory()).events ?? []).filter(
        (event) => event.timerStartedEventAttributes,
      ).length === 2,
    { what: 'its second wait, that for an answer', everyMs: 500 },
  )
  expect(await room.sent()).toEqual(['Text of a question'])
  expect(await receipt()).toMatchObject({ outcome: 'pending', reason: 'running' })
})

test('one that is cancelled says so on its receipt, one that is terminated says nothing any more', async () => {
  const cancelled = await begun('followUp')
  await run('Cancel', cancelled.id)
  await waitFor(async () => (await cancelled.receipt()).outcome === 'failed', { what: 'its end' })
  expect((await cancelled.receipt()).reason).toBe('cancelled')
  const terminated = await begun('followUp')
  await run('Terminate', terminated.id)
  expect(await terminated.receipt()).toMatchObject({ outcome: 'pending', reason: 'running' })
  expect((await platform.client.workflow.getHandle(terminated.id).describe()).status.name).toBe(
    'TERMINATED',
  )
})

test('the versions of the workers can be seen, and no line of the page was left out', async () => {
  expect(await run('Versions')).toContain('cloudchat')
  expect([...used].sort()).toEqual(Object.keys(lines).sort())
})
