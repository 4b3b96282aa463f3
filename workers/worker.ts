// The Temporal workers of one process: one per task queue, so that no kind of work starves another.

import type { Duration } from '@temporalio/common'
import {
  type NativeConnection,
  Worker,
  type WorkerDeploymentOptions,
  type WorkflowBundleOption,
} from '@temporalio/worker'
import type { ActivityDeps } from '../activities/deps.ts'
import { createActivities } from '../activities/index.ts'
import { TASK_QUEUES, WORKER_DEPLOYMENT } from '../temporal/contracts.ts'
import { converterWith, type PayloadKey } from '../temporal/payload-codec.ts'

export interface WorkersOptions {
  connection: NativeConnection
  namespace: string
  deps: Omit<ActivityDeps, 'shuttingDown'>
  bundle: WorkflowBundleOption
  /** Of the bundle. With one, this worker gets work only while its version is current. */
  version?: string | undefined
  /** As those of every client. */
  payloadKeys?: readonly PayloadKey[]
  /** Mailboxes this process may watch at a time; inbox one more waits, then is polled. */
  watchSlots: number
  /** Of all cached workflows; entities sleep, and replaying ten events is cheap. */
  maxCachedWorkflows?: number
  /** Only tests are in a hurry. */
  shutdownGraceTime?: Duration
}

/** One task queue as this process serves it. */
export interface QueueStatus {
  queue: string
  running: boolean
  /** Activities that run now, of so many that may; null where workflows run, which are not counted. */
  activities: { running: number; slots: number | undefined } | null
}

export interface Workers {
  queues(): QueueStatus[]
  /** Lets go of watched mailboxes at once, finishes what runs, then resolves. */
  stop(): Promise<void>
  /** Rejects when a worker fails; resolves after stop(). */
  done: Promise<void>
}

/** Sends in flight may finish: the reply to DATA is rarely slower. */
const GRACE = '60 seconds'

/** Activities that run at the same time, by queue; `watch` is the operator's number. */
const SLOTS = { sync: 50, import: 8, send: 40, automation: 40 } as const

export async function startWorkers(options: WorkersOptions): Promise<Workers> {
  const { connection, namespace, bundle, watchSlots } = options
  const leaving = new AbortController()
  const activities = createActivities({ ...options.deps, shuttingDown: leaving.signal })
  const { rows, provider, polling, watching, importing, sending } = activities
  const { automation, delivery, ruleSteps, notices, privacy, retention } = activities
  const { automationSteps, automationCalls, webhookRows, webhookCalls } = activities
  const shared = {
    connection,
    namespace,
    shutdownGraceTime: options.shutdownGraceTime ?? GRACE,
    ...converterWith(options.payloadKeys ?? []),
    ...(options.version ? { workerDeploymentOptions: releaseOf(options.version) } : {}),
  }

  const workers = await Promise.all([
    Worker.create({
      ...shared,
      taskQueue: TASK_QUEUES.workflows,
      workflowBundle: bundle,
      maxCachedWorkflows: options.maxCachedWorkflows ?? 500,
    }),
    Worker.create({
      ...shared,
      taskQueue: TASK_QUEUES.watch,
      activities: watching,
      maxConcurrentActivityTaskExecutions: watchSlots,
      // One beat in four minutes is what a thousand idle watchers can afford.
      maxHeartbeatThrottleInterval: '4 minutes',
      defaultHeartbeatThrottleInterval: '4 minutes',
    }),
    Worker.create({
      ...shared,
      taskQueue: TASK_QUEUES.sync,
      activities: { ...rows, ...provider, ...polling },
      maxConcurrentActivityTaskExecutions: SLOTS.sync,
    }),
    Worker.create({
      ...shared,
      taskQueue: TASK_QUEUES.import,
      activities: importing,
      maxConcurrentActivityTaskExecutions: SLOTS.import,
    }),
    Worker.create({
      ...shared,
      taskQueue: TASK_QUEUES.send,
      activities: sending,
      maxConcurrentActivityTaskExecutions: SLOTS.send,
    }),
    Worker.create({
      ...shared,
      taskQueue: TASK_QUEUES.automation,
      activities: {
        ...automation,
        ...delivery,
        ...ruleSteps,
        ...automationSteps,
        ...automationCalls,
        ...webhookRows,
        ...webhookCalls,
        ...notices,
        ...privacy,
        ...retention,
      },
      maxConcurrentActivityTaskExecutions: SLOTS.automation,
    }),
  ])
  const done = Promise.all(workers.map((worker) => worker.run())).then(() => {})
  // A worker that dies takes the process with it; main.ts hears of it through `done`.
  done.catch(() => {})

  return {
    done,
    queues: () =>
      workers.map((worker) => {
        const { taskQueue, activities, maxConcurrentActivityTaskExecutions } = worker.options
        const running = worker.getStatus().numInFlightActivities
        return {
          queue: taskQueue,
          running: worker.getState() === 'RUNNING',
          activities:
            activities.size > 0 ? { running, slots: maxConcurrentActivityTaskExecutions } : null,
        }
      }),
    async stop() {
      leaving.abort()
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown()
      await done.catch(() => {})
    },
  }
}

/** Every workflow goes over to the version that is current: none is worth keeping old workers for. */
function releaseOf(buildId: string): WorkerDeploymentOptions {
  return {
    version: { deploymentName: WORKER_DEPLOYMENT, buildId },
    useWorkerVersioning: true,
    defaultVersioningBehavior: 'AUTO_UPGRADE',
  }
}
