// A release is put in place while mailboxes are watched and automations wait: workers of the next one
// start beside those of the last, are promoted, and the old ones end. Nothing is lost, and what waits
// goes on in the new code.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { promoteRelease } from '../../scripts/release-promote.ts'
import { workflowIds } from '../../temporal/contracts.ts'
import { versionOf } from '../../workers/bundle.ts'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { workflowBundle } from '../support/shared-servers.ts'
import { waitFor } from '../support/wait-for.ts'
import { type Platform, type Release, startPlatform } from './platform.ts'

/** What is left of an automation's minute when it begins to wait. */
let waitMs = 2_000

const dir = mkdtempSync(join(tmpdir(), 'releases-'))
let platform: Platform
let mailbox: Mailbox
let ref: { accountId: number; inboxId: number }
let now: Release
let next: Release
let careless: Release
let worker: Platform['firstWorker']
let nextWorker: Platform['firstWorker']

beforeAll(async () => {
  ;[now, next, careless] = await Promise.all([
    workflowBundle().then(({ codePath }) => released(codePath)),
    nextRelease('patched'),
    nextRelease('careless'),
  ])
  const clock = () => new Date(Date.now() - 60_000 + waitMs)
  ;[platform, mailbox] = await Promise.all([
    startPlatform({ clock, tuning: { claudiaQuietMs: 0 } }),
    startMailbox(),
  ])
  await platform.db.updateTable('automation_rules').set({ active: false }).execute()
  await platform.db
    .insertInto('automation_rules')
    .values({
      account_id: platform.accountId,
      name: 'Follow up',
      event: 'conversation_created',
      conditions: { all: [] },
      actions: [
        {
          action: 'run_workflow',
          workflow: 'followUp',
          parameters: { minutes: 1, message: 'Text of a follow-up' },
        },
      ],
    })
    .execute()
  ref = await platform.connect(mailbox)
  await waitFor(async () => (await platform.row(ref)).phase === 'active', { what: 'active' })
  // Until then there were no versions: what runs goes over to the first one.
  worker = await platform.addWorker({ release: now })
  await promote(now)
  await platform.firstWorker.stop()
})
afterAll(async () => {
  await platform?.stop()
  await mailbox?.stop()
  rmSync(dir, { recursive: true, force: true })
})

async function nextRelease(name: string): Promise<Release> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(import.meta.dirname, `../workflows/next-release/${name}.ts`),
    logger: new DefaultLogger('WARN'),
  })
  const codePath = join(dir, `${name}.js`)
  writeFileSync(codePath, code)
  return released(codePath)
}

async function released(codePath: string) {
  return { codePath, version: await versionOf(codePath) }
}

function promote({ version = null }: { version?: string | null }, goneAfterMs?: number) {
  const { namespace } = platform.server
  return promoteRelease(platform.client.connection, { namespace, version }, goneAfterMs)
}

function arrives(from: string) {
  const head = [`From: ${from}@customer.test`, `Message-ID: <${from}@customer.test>`]
  const at = new Date()
  const raw = [...head, `Date: ${at.toUTCString()}`, '', `Text of ${from}`].join('\r\n')
  mailbox.deliver(raw, { internalDate: at })
}

/** The automation that the mail of `from` began, once it waits. */
async function followUpOf(from: string) {
  const run = await waitFor(
    () =>
      platform.db
        .selectFrom('rule_runs as r')
        .innerJoin('messages as m', 'm.id', 'r.message_id')
        .select(['r.id', 'r.conversation_id'])
        .where('m.content', 'like', `Text of ${from}%`)
        .executeTakeFirst(),
    { what: `the rule for ${from}` },
  )
  const handle = platform.client.workflow.getHandle(workflowIds.automation(run.id, 0))
  const events = async () => (await handle.fetchHistory()).events ?? []
  await waitFor(async () => (await events()).some((event) => event.timerStartedEventAttributes), {
    what: 'its wait',
    everyMs: 200,
  })
  return { handle, conversationId: run.conversation_id }
}

/** What became of a conversation: its labels, and what was written to the contact. */
async function outcomeOf(conversationId: number) {
  const { labels } = await platform.db
    .selectFrom('conversations')
    .select('labels')
    .where('id', '=', conversationId)
    .executeTakeFirstOrThrow()
  const sent = (await platform.messages(ref)).filter(
    ({ conversation_id, direction }) =>
      conversation_id === conversationId && direction === 'outgoing',
  )
  return { labels, sent: sent.map(({ content }) => content) }
}

test('a release that goes out while automations wait strands none, and new ones begin in its code', async () => {
  // The old workers are long gone when it is over.
  waitMs = 40_000
  arrives('before')
  const before = await followUpOf('before')
  waitMs = 2_000
  const waiting = await before.handle.fetchHistory()

  nextWorker = await platform.addWorker({ release: next })
  await promote(next)
  await worker.stop()

  arrives('after')
  const after = await followUpOf('after')
  await before.handle.result()
  expect(await outcomeOf(before.conversationId)).toEqual({
    labels: [],
    sent: ['Text of a follow-up'],
  })
  await after.handle.result()
  expect(await outcomeOf(after.conversationId)).toEqual({
    labels: ['follow-up'],
    sent: ['Text of a follow-up'],
  })
  const { raw } = await before.handle.describe()
  expect(raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId).toBe(next.version)

  // What a run that waits has done so far holds in the new code, and does not in a careless one.
  const replay = ({ codePath }: Release) =>
    Worker.runReplayHistory({ workflowBundle: { codePath } }, waiting, before.handle.workflowId)
  await replay(next)
  await expect(replay(careless)).rejects.toThrow(/nondeterminism/i)
})

test('going back to the release before is a promotion like any other', async () => {
  await platform.addWorker({ release: now })
  await promote(now)
  arrives('back')
  const back = await followUpOf('back')
  await back.handle.result()
  expect(await outcomeOf(back.conversationId)).toEqual({
    labels: [],
    sent: ['Text of a follow-up'],
  })
})

test('a release is not promoted over runs that are pinned to workers which are gone', async () => {
  const { client } = platform
  const pinned = await client.workflow.start('watchdog', {
    workflowId: 'pinned',
    taskQueue: 'workflows',
    args: [3_600_000],
    versioningOverride: { pinnedTo: { deploymentName: 'cloudchat', buildId: next.version! } },
  })
  const query = 'TemporalWorkflowVersioningBehavior = "Pinned"'
  await waitFor(async () => (await client.workflow.count(query)).count > 0, { what: 'its listing' })
  await promote(now)
  await nextWorker.stop()
  // As if its last poll were over a minute old.
  await expect(promote(now, 0)).rejects.toThrow(`1 of version ${next.version}`)
  await pinned.terminate()
})
