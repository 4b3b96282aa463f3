// The processes beside the entity: importing, sending, a conversation's automations, the watchdog.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { failureOf } from '../../activities/failures.ts'
import { TASK_QUEUES, WORKFLOWS, workflowIds } from '../../temporal/contracts.ts'
import { waitFor } from '../support/wait-for.ts'
import { gate, startWorkflowWorld, type WorkflowWorld } from './workflow-world.ts'

let world: WorkflowWorld
beforeEach(async () => {
  world = await startWorkflowWorld()
})
afterEach(() => world?.stop())

const conversation = { accountId: 1, conversationId: 5 }
const ended = (workflowId: string) => world.client.workflow.getHandle(workflowId).result()

test('an import goes on share by share and sleeps out a spent budget', async () => {
  const done = [200, 400, 400, 500]
  const asked: string[] = []
  const steps = done.map((count, at) => ({
    end: at === 3 ? ('done' as const) : ('more' as const),
    // The day's bytes are spent after the second share.
    parkedUntil: null as string | null,
    progress: { number: 1, done: count, total: 500, quarantined: 0 },
  }))
  await world.run(
    {
      importRanges: async () => {
        asked.push('range')
        const step = steps.shift()!
        if (step.progress.done !== 400 || steps.length !== 2) return step
        const until = (await world.env.currentTimeMs()) + 8 * 3_600_000
        return { ...step, parkedUntil: new Date(until).toISOString() }
      },
      finishImport: async () => {
        asked.push('finish')
      },
    },
    async () => {
      const start = await world.env.currentTimeMs()
      const end = await world.client.workflow.execute(WORKFLOWS.importHistory, {
        workflowId: workflowIds.import(7, 1),
        taskQueue: TASK_QUEUES.workflows,
        args: [{ accountId: 1, inboxId: 7, importId: 3, number: 1 }],
      })
      expect(end).toEqual({ end: 'done' })
      expect(asked).toEqual(['range', 'range', 'range', 'range', 'finish'])
      expect((await world.env.currentTimeMs()) - start).toBeGreaterThanOrEqual(8 * 3_600_000 - 1000)
    },
  )
})

test('files are fetched share by share until none is due, over a spent budget too', async () => {
  let shares = 0
  await world.run(
    {
      fetchAttachments: async () => {
        shares += 1
        const now = await world.env.currentTimeMs()
        const tomorrow = new Date(now + 20 * 3_600_000).toISOString()
        if (shares === 3) return { end: 'done', parkedUntil: null }
        return { end: 'more', parkedUntil: shares === 2 ? tomorrow : null }
      },
    },
    async () => {
      const end = await world.client.workflow.execute(WORKFLOWS.fetchFiles, {
        workflowId: workflowIds.files(7),
        taskQueue: TASK_QUEUES.workflows,
        args: [{ accountId: 1, inboxId: 7 }],
      })
      expect(end).toEqual({ end: 'done' })
      expect(shares).toBe(3)
    },
  )
})

test('queued messages leave one at a time until none is left', async () => {
  const outcomes = ['sent', 'failed', 'unconfirmed', 'none'] as const
  let at = 0
  await world.run({ sendNext: async () => ({ outcome: outcomes[at++] ?? 'none' }) }, async () => {
    await world.verbs.wakeSend(conversation)
    await ended(workflowIds.send(5))
    expect(at).toBe(4)
  })
})

test('the sender asks no further when nothing more waits, unless it was woken meanwhile', async () => {
  let asked = 0
  await world.run(
    {
      sendNext: async () => {
        asked += 1
        if (asked === 1) await world.verbs.wakeSend(conversation)
        return { outcome: 'sent', more: false }
      },
    },
    async () => {
      await world.verbs.wakeSend(conversation)
      await ended(workflowIds.send(5))
      expect(asked).toBe(2)
    },
  )
})

test('an inbox that may not send ends the sender; the next wake starts another', async () => {
  let blocked = true
  let sent = 0
  await world.run(
    {
      sendNext: async () => {
        if (blocked) return { outcome: 'blocked' }
        sent += 1
        return { outcome: sent === 1 ? 'sent' : 'none' }
      },
    },
    async () => {
      await world.verbs.wakeSend(conversation)
      await ended(workflowIds.send(5))
      blocked = false
      await world.verbs.wakeSend(conversation)
      await ended(workflowIds.send(5))
      expect(sent).toBe(2)
    },
  )
})

test('a server that is away for hours holds the message back and sends it once', async () => {
  let tries = 0
  await world.run(
    {
      sendNext: async () => {
        tries += 1
        if (tries < 15) throw failureOf('Unavailable', { reason: 'timeout' })
        return { outcome: tries === 15 ? 'sent' : 'none' }
      },
    },
    async () => {
      await world.verbs.wakeSend(conversation)
      await ended(workflowIds.send(5))
      expect(tries).toBe(16)
    },
  )
})

test('a bot that cannot be reached gets five deliveries, and its time to answer ends the wait', async () => {
  let deliveries = 0
  let givenUpAt: number | undefined
  const handledAt: number[] = []
  await world.run(
    {
      handleConversation: async () => {
        handledAt.push(await world.env.currentTimeMs())
        if (handledAt.length === 1) return { deliveries: ['event-1'] }
        if (handledAt.length > 2) return { deliveries: [] }
        return { deliveries: [], dueAt: new Date(givenUpAt! + 30_000).toISOString() }
      },
      deliverBotEvent: async () => {
        deliveries += 1
        throw new Error('connection refused')
      },
      giveUpBotEvent: async () => {
        givenUpAt = await world.env.currentTimeMs()
      },
    },
    async () => {
      await world.verbs.wakeConversation(conversation)
      await ended(workflowIds.conversation(5))
      expect(deliveries).toBe(5)
      expect(handledAt).toHaveLength(3)
      expect(handledAt[2]! - givenUpAt!).toBeGreaterThanOrEqual(30_000)
    },
  )
})

test('a delivery that succeeds keeps people out, and wakes during it are not lost', async () => {
  const handled: number[] = []
  let woken = false
  await world.run(
    {
      handleConversation: async () => {
        handled.push(handled.length)
        return { deliveries: handled.length === 1 ? ['event-1'] : [] }
      },
      deliverBotEvent: async () => {
        if (!woken) await world.verbs.wakeConversation(conversation)
        woken = true
      },
      giveUpBotEvent: async () => {
        throw new Error('nobody should be asked')
      },
    },
    async () => {
      await world.verbs.wakeConversation(conversation)
      await ended(workflowIds.conversation(5))
      expect(handled.length).toBeGreaterThanOrEqual(2)
    },
  )
})

test('a conversation sleeps until the time its rows name, for months if they say so', async () => {
  const looks: number[] = []
  await world.run(
    {
      handleConversation: async () => {
        const now = await world.env.currentTimeMs()
        looks.push(now)
        const dueAt = looks.length > 2 ? null : new Date(now + 30 * 24 * 3_600_000).toISOString()
        return { deliveries: [], steps: [], dueAt }
      },
    },
    async () => {
      await world.verbs.wakeConversation(conversation)
      await ended(workflowIds.conversation(5))
      expect(looks).toHaveLength(3)
      expect(looks[2]! - looks[0]!).toBeGreaterThanOrEqual(60 * 24 * 3_600_000 - 1000)
    },
  )
})

test('a step outside is done once beside the rest, and the rows are looked at again when it ends', async () => {
  const step = { runId: 3, step: 1 }
  const done: object[] = []
  const slow = gate<void>()
  let looks = 0
  await world.run(
    {
      handleConversation: async () => {
        looks += 1
        return { deliveries: [], steps: done.length > 0 ? [] : [step], dueAt: null }
      },
      runRuleStep: async (asked) => {
        await slow.promise
        done.push(asked)
      },
    },
    async () => {
      await world.verbs.wakeConversation(conversation)
      await waitFor(() => looks === 1, { what: 'the first look' })
      await world.verbs.wakeConversation(conversation)
      await waitFor(() => looks === 2, { what: 'a look while the step is under way' })
      slow.open()
      await ended(workflowIds.conversation(5))
      expect(done).toEqual([{ ...conversation, ...step }])
      expect(looks).toBe(3)
    },
  )
})

test('a step that fails for a day is given up, and the run goes on without it', async () => {
  const given: object[] = []
  await world.run(
    {
      handleConversation: async () => ({
        deliveries: [],
        steps: given.length > 0 ? [] : [{ runId: 3, step: 0 }],
        dueAt: null,
      }),
      runRuleStep: async () => {
        throw failureOf('Unavailable', { reason: 'webhook_unreachable' })
      },
      giveUpRuleStep: async (step) => void given.push(step),
    },
    async () => {
      const start = await world.env.currentTimeMs()
      await world.verbs.wakeConversation(conversation)
      await ended(workflowIds.conversation(5))
      expect(given).toEqual([{ ...conversation, runId: 3, step: 0 }])
      expect((await world.env.currentTimeMs()) - start).toBeGreaterThan(20 * 3_600_000)
    },
  )
})

test('the watchdog looks every three minutes', async () => {
  let looks = 0
  await world.run({ reportStalledInboxes: async () => ++looks }, async () => {
    await world.verbs.ensureCaretakers()
    await world.verbs.ensureCaretakers()
    await world.env.sleep('16 minutes')
    await waitFor(() => looks >= 5, { what: 'five looks' })
    expect(looks).toBeLessThanOrEqual(6)
    await world.client.workflow.getHandle(workflowIds.watchdog()).terminate()
  })
})

test('the stages of a preflight come back as they are', async () => {
  const stages = [
    { stage: 'dns', ok: true },
    { stage: 'tcp', ok: false, reason: 'connection_refused', causes: ['wrong_port'] },
  ]
  await world.run({ preflightDraft: async () => stages }, async () => {
    const draft = { accountId: 1, inboxId: 0, draftId: 'draft-9' }
    expect(await world.verbs.runPreflight(draft)).toEqual(stages)
  })
})
