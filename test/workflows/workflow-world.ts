// A time-skipping Temporal with our workflows and faked activities: what a test of order and time
// needs. Every activity that a test does not name answers with something harmless.
import { TestWorkflowEnvironment } from '@temporalio/testing'
import { Worker } from '@temporalio/worker'
import type { Activities } from '../../activities/index.ts'
import { createTemporalVerbs } from '../../temporal/client.ts'
import { type InboxView, SEARCH_ATTRIBUTES, TASK_QUEUES } from '../../temporal/contracts.ts'
import { testServerPath, workflowBundle } from '../support/shared-servers.ts'

export type Fakes = Partial<
  Activities['rows'] &
    Activities['provider'] &
    Activities['watching'] &
    Activities['polling'] &
    Activities['importing'] &
    Activities['sending'] &
    Activities['automation'] &
    Activities['delivery'] &
    Activities['ruleSteps'] &
    Activities['webhookRows'] &
    Activities['webhookCalls'] &
    Activities['automationSteps'] &
    Activities['automationCalls'] &
    Activities['notices'] &
    Activities['privacy'] &
    Activities['retention']
>

export type WorkflowWorld = Awaited<ReturnType<typeof startWorkflowWorld>>

/** Call stop() in afterAll. */
export async function startWorkflowWorld() {
  const [path, { codePath }] = await Promise.all([testServerPath(), workflowBundle()])
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  })
  await registerAttributes(env)
  const { namespace, client } = env
  const verbs = createTemporalVerbs(client)

  return {
    env,
    client,
    verbs,
    /** Runs `test` while workers of every queue serve these fakes. */
    async run<T>(fakes: Fakes, test: () => Promise<T>): Promise<T> {
      const activities = { ...harmless, ...fakes }
      const workers = await Promise.all(
        Object.values(TASK_QUEUES).map((taskQueue) =>
          Worker.create({
            connection: env.nativeConnection,
            namespace: namespace ?? 'default',
            taskQueue,
            ...(taskQueue === TASK_QUEUES.workflows
              ? { workflowBundle: { codePath } }
              : { activities }),
          }),
        ),
      )
      const running = Promise.all(workers.map((worker) => worker.run()))
      try {
        return await Promise.race([
          test(),
          running.then(() => {
            throw new Error('The workers ended before the test')
          }),
        ])
      } finally {
        for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown()
        await running.catch(() => {})
      }
    },
    async stop() {
      await env.teardown()
    },
  }

  async function registerAttributes(environment: TestWorkflowEnvironment) {
    const values = { Keyword: 2, Datetime: 6 }
    await connectionOf(environment)
      .operatorService.addSearchAttributes({
        namespace: environment.namespace ?? 'default',
        searchAttributes: Object.fromEntries(
          Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [name, values[type]]),
        ),
      })
      .catch((error: Error) => {
        if (!/already|UNIMPLEMENTED/i.test(error.message)) throw error
      })
  }

  function connectionOf(environment: TestWorkflowEnvironment) {
    return environment.connection as unknown as {
      operatorService: { addSearchAttributes(request: unknown): Promise<unknown> }
    }
  }
}

/** An active mailbox without anything to do. */
export function viewOf(change: Partial<InboxView> = {}): InboxView {
  const ok = { status: 'ok' as const, reason: null, since: '2026-01-01T00:00:00.000Z' }
  return {
    channel: 'email',
    facts: { phase: 'active', paused: false, receive: ok, send: ok },
    receives: true,
    draftId: null,
    import: null,
    filesDue: false,
    lastGoodSyncAt: null,
    nextTryAt: null,
    attentionSince: null,
    stalledSince: null,
    ...change,
  }
}

/** A promise that resolves when asked, and an activity that waits for it. */
export function gate<T>() {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  return { promise, open: resolve, fail: reject }
}

const harmless: Required<Fakes> = {
  loadInbox: async () => viewOf(),
  pauseInbox: async () => viewOf(),
  resumeInbox: async () => viewOf(),
  requestSync: async () => {},
  fetchQuarantined: async () => ({ missing: 'gone' }),
  releaseClaudia: async () => viewOf(),
  setImportStatus: async () => viewOf(),
  finishImport: async () => {},
  markHealth: async () => viewOf(),
  joinDefaultRules: async () => {},
  disconnectInbox: async () => viewOf(),
  closeInbox: async () => viewOf(),
  forgetInbox: async () => {},
  reportStalledInboxes: async () => 0,
  connectInbox: async () => {},
  keepAccess: async () => {},
  releaseAccess: async () => {},
  preflightDraft: async () => [],
  discoverServers: async () => {},
  completeSignIn: async () => {},
  watchInbox: async () => ({ end: 'stopped' }),
  pollInbox: async () => ({ end: 'stopped' }),
  importRanges: async ({ number }) => ({
    end: 'done',
    parkedUntil: null,
    progress: { number, done: 0, total: 0, quarantined: 0 },
  }),
  fetchAttachments: async () => ({ end: 'done', parkedUntil: null }),
  sendNext: async () => ({ outcome: 'none' }),
  handleConversation: async () => ({ deliveries: [] }),
  giveUpBotEvent: async () => {},
  giveUpRuleStep: async () => {},
  deliverBotEvent: async () => {},
  runRuleStep: async () => {},
  listWaitingWebhooks: async () => [],
  deliverToWebhook: async () => ({ more: false }),
  actInConversation: async () => ({ outcome: 'done' }),
  actOutside: async () => ({ outcome: 'done' }),
  hasReplied: async () => false,
  endOfWait: async () => new Date().toISOString(),
  meetsCondition: async () => false,
  finishAutomation: async () => {},
  listNotices: async () => [],
  deliverNotice: async () => {},
  giveUpNotice: async () => {},
  eraseContact: async () => 0,
  finishErasure: async () => {},
  exportContact: async () => {},
  deleteExpiredRows: async () => ({ deleted: {}, more: false }),
  sweepUnusedFiles: async () => 0,
}
