// An installation with the payload codec on: what Temporal keeps is unreadable to whoever has only
// Temporal, keys are rotated while everything runs, histories replay, and operators read them.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { Worker } from '@temporalio/worker'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findTemporal } from '../../scripts/servers/temporal.ts'
import { workflowIds } from '../../temporal/contracts.ts'
import { converterWith } from '../../temporal/payload-codec.ts'
import { type ApiUnderTest, startApi } from '../api/api-under-test.ts'
import { textOf } from '../replay/record-histories.ts'
import { type Mailbox, startMailbox } from '../support/mail-server.ts'
import { workflowBundle } from '../support/shared-servers.ts'
import { waitFor } from '../support/wait-for.ts'
import { type Platform, startPlatform } from './platform.ts'

const old = { id: 'old', key: Buffer.alloc(32, 1) }
const young = { id: 'young', key: Buffer.alloc(32, 2) }
const password = 'a password of operators'
let platform: Platform
let mailbox: Mailbox
let api: ApiUnderTest
let ref: { accountId: number; inboxId: number }

beforeAll(async () => {
  ;[platform, mailbox, api] = await Promise.all([
    // Both are known everywhere before one of them seals with the new one.
    startPlatform({ payloadKeys: [old, young] }),
    startMailbox(),
    startApi({
      PAYLOAD_KEYS: [young, old].map(({ id, key }) => `${id}:${key.toString('base64')}`).join(),
      CODEC_PASSWORD: password,
    }),
  ])
  ref = await platform.connect(mailbox)
  await waitFor(async () => (await platform.row(ref)).phase === 'active', { what: 'active' })
})
afterAll(async () => {
  await Promise.all([platform?.stop(), mailbox?.stop(), api?.stop()])
})

const history = () =>
  platform.client.workflow.getHandle(workflowIds.inbox(ref.inboxId)).fetchHistory()

test('no argument, result or detail can be read in Temporal, and keys are rotated under way', async () => {
  expect(textOf(await history())).not.toMatch(/accountId|inboxId|"facts"/)
  await platform.addWorker({ payloadKeys: [young, old] })
  await platform.firstWorker.stop()
  await platform.temporal.updateInbox(ref, 'pause', {})
  expect((await platform.row(ref)).paused).toBe(true)
  const text = textOf(await history())
  expect(text).toContain('young')
  expect(text).toContain('old')
  expect(text).not.toMatch(/accountId|inboxId|"facts"/)
})

test('a history replays with the keys, and without them does not', async () => {
  const bundle = await workflowBundle()
  const replay = async (keys: (typeof old)[]) =>
    Worker.runReplayHistory({ workflowBundle: bundle, ...converterWith(keys) }, await history())
  await replay([young, old])
  await expect(replay([young])).rejects.toThrow()
})

test('operators read it by Temporal’s own command line, which asks our API', async () => {
  const address = await api.app.listen({ host: '127.0.0.1', port: 0 })
  const show = [
    ...['workflow', 'show', '--workflow-id', workflowIds.inbox(ref.inboxId), '--output', 'json'],
    ...['--address', platform.server.address],
  ]
  const codec = [
    ...['--codec-endpoint', `${address}/temporal-codec`],
    ...['--codec-auth', `Bearer ${password}`],
  ]
  const run = promisify(execFile)
  const temporal = await findTemporal()
  const options = { maxBuffer: 1e8 }
  const shown = async (more: string[]) => {
    const { stdout } = await run(temporal, [...show, ...more], options)
    const data = [...stdout.matchAll(/"data": "([^"]+)"/g)].map((match) => match[1]!)
    return data.map((base64) => Buffer.from(base64, 'base64').toString()).join('\n')
  }
  expect(await shown([])).not.toContain('inboxId')
  expect(await shown(codec)).toContain('inboxId')
})
