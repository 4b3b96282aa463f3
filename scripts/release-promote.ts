// `npm run release:promote`: the workers of this release, which run already beside those of the one
// before, get all work from now on. Until then, and in a first installation, they get none.
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { Connection, isGrpcServiceError } from '@temporalio/client'
import { loadClientConnectConfig } from '@temporalio/envconfig'
import proto from '@temporalio/proto'
import { TASK_QUEUES, WORKER_DEPLOYMENT } from '../temporal/contracts.ts'
import { versionOf } from '../workers/bundle.ts'

const { TASK_QUEUE_TYPE_WORKFLOW } = proto.temporal.api.enums.v1.TaskQueueType
/** Workers that start together with us on a cold machine. */
const PATIENCE_MS = 180_000
/** A poller that was not heard of for longer than one poll lasts is gone. */
const POLL_MS = 70_000

const NOT_FOUND = 5
const FAILED_PRECONDITION = 9

type Service = Pick<Connection, 'workflowService'>

export interface Release {
  namespace: string
  /** Null: workers without a version. */
  version: string | null
}

/**
 * Waits for workers of the version on every queue that the version before has. Repeating it, or
 * promoting an earlier version again, is fine.
 * @throws Error when pinned runs would be stranded, or no worker of the version comes
 */
export async function promoteRelease(
  connection: Service,
  { namespace, version }: Release,
  goneAfterMs = POLL_MS,
): Promise<void> {
  const stranded = await strandedRuns(connection, namespace, goneAfterMs)
  if (stranded.length > 0) {
    const list = stranded.map(({ version, runs }) => `${runs} of version ${version}`).join(', ')
    throw new Error(
      `Workflows are pinned to versions that no worker serves: ${list}. ` +
        'Start workers of those releases, or let the workflows end.',
    )
  }
  await patiently(() =>
    connection.workflowService.setWorkerDeploymentCurrentVersion({
      namespace,
      deploymentName: WORKER_DEPLOYMENT,
      buildId: version ?? '',
      identity: `release-promote@${hostname()}`,
    }),
  )
}

/** Pinned workflows never move to another version, so without a worker of theirs they stand still. */
async function strandedRuns(
  { workflowService }: Service,
  namespace: string,
  goneAfterMs: number,
): Promise<{ version: string; runs: number }[]> {
  const found = await workflowService
    .describeWorkerDeployment({ namespace, deploymentName: WORKER_DEPLOYMENT })
    .catch((error) => {
      if (codeOf(error) === NOT_FOUND) return undefined
      throw error
    })
  const { pollers } = await workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: TASK_QUEUES.workflows },
    taskQueueType: TASK_QUEUE_TYPE_WORKFLOW,
  })
  const served = new Set(
    (pollers ?? [])
      .filter(({ lastAccessTime }) => Date.now() - msOf(lastAccessTime) < goneAfterMs)
      .map(({ deploymentOptions }) => deploymentOptions?.buildId),
  )
  const stranded: { version: string; runs: number }[] = []
  for (const { deploymentVersion } of found?.workerDeploymentInfo?.versionSummaries ?? []) {
    const version = deploymentVersion?.buildId ?? ''
    if (served.has(version)) continue
    const { count } = await workflowService.countWorkflowExecutions({
      namespace,
      query:
        'ExecutionStatus = "Running" AND TemporalWorkflowVersioningBehavior = "Pinned" ' +
        `AND TemporalWorkerDeploymentVersion = "${WORKER_DEPLOYMENT}:${version}"`,
    })
    if (Number(count) > 0) stranded.push({ version, runs: Number(count) })
  }
  return stranded
}

/** The server refuses a version until it has heard of its workers, queue by queue. */
async function patiently(attempt: () => Promise<unknown>): Promise<void> {
  for (const deadline = Date.now() + PATIENCE_MS; ; await sleep(500)) {
    try {
      await attempt()
      return
    } catch (error) {
      const waits = [NOT_FOUND, FAILED_PRECONDITION].includes(codeOf(error))
      if (!waits || Date.now() > deadline) throw error
    }
  }
}

const codeOf = (error: unknown) => (isGrpcServiceError(error) ? Number(error.code) : -1)
const msOf = (time: { seconds?: unknown } | null | undefined) => Number(time?.seconds ?? 0) * 1000

async function main(): Promise<void> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig()
  const { WORKER_VERSIONING, WORKFLOW_BUNDLE } = process.env
  const version = WORKER_VERSIONING === 'true' ? await versionOf(WORKFLOW_BUNDLE || null) : null
  const address = connectionOptions.address ?? 'localhost:7233'
  const connection = await Connection.connect({ ...connectionOptions, address })
  try {
    await promoteRelease(connection, { namespace, version })
    console.log(version ? `Version ${version} is current` : 'Workers without a version are current')
  } catch (error) {
    console.error(`Not promoted: ${(error as Error).message}`)
    process.exitCode = 1
  } finally {
    await connection.close()
  }
}

if (import.meta.main) await main()
