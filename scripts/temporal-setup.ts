// Prepares the namespace on a Temporal server of one's own: retention and search attributes. On
// Temporal Cloud, where only its own tools may do that, it prints the command instead.
import { setTimeout as sleep } from 'node:timers/promises'
import { Connection, isGrpcServiceError } from '@temporalio/client'
import { msToTs, tsToMs } from '@temporalio/common/lib/time.js'
import { loadClientConnectConfig } from '@temporalio/envconfig'
import proto, { type temporal } from '@temporalio/proto'
import { SEARCH_ATTRIBUTES } from '../temporal/contracts.ts'

/** Long enough to look into an incident of last week; Temporal keeps running workflows anyway. */
const RETENTION = '7 days'
const RETENTION_MS = 7 * 86_400_000
/** A server that starts together with us on a cold machine, its schema included. */
const PATIENCE_MS = 180_000

const NOT_FOUND = 5
const { INDEXED_VALUE_TYPE_KEYWORD, INDEXED_VALUE_TYPE_DATETIME } =
  proto.temporal.api.enums.v1.IndexedValueType
const TYPES = { Keyword: INDEXED_VALUE_TYPE_KEYWORD, Datetime: INDEXED_VALUE_TYPE_DATETIME }

/**
 * Makes the namespace when absent, lengthens a shorter retention and adds the attributes that are
 * missing. Safe to repeat. @throws what gRPC says
 */
export async function setUpTemporal(
  connection: Connection,
  namespace: string,
  log: (line: string) => void,
): Promise<void> {
  const { workflowService, operatorService } = connection
  const retention = msToTs(RETENTION)
  const found = await workflowService.describeNamespace({ namespace }).catch((error) => {
    if (isGrpcServiceError(error) && Number(error.code) === NOT_FOUND) return undefined
    throw error
  })
  if (found === undefined) {
    await workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: retention,
    })
    log(`Namespace ${namespace} is made, with a retention of ${RETENTION}`)
    await usable(async () => void (await operatorService.listSearchAttributes({ namespace })))
  } else if (keptMs(found) < RETENTION_MS) {
    await workflowService.updateNamespace({
      namespace,
      config: { workflowExecutionRetentionTtl: retention },
    })
    log(`Namespace ${namespace} now keeps closed workflows ${RETENTION}`)
  }

  const { customAttributes } = await operatorService.listSearchAttributes({ namespace })
  const missing = Object.entries(SEARCH_ATTRIBUTES).filter(([name]) => !customAttributes?.[name])
  if (missing.length === 0) return log('The search attributes are there')
  await operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(missing.map(([name, type]) => [name, TYPES[type]])),
  })
  const query = missing.map(([name]) => `${name} IS NOT NULL`).join(' OR ')
  // Servers cache the list for up to a minute; before that a workflow could not use them.
  await usable(async () => {
    await workflowService.countWorkflowExecutions({ namespace, query })
  })
  log(`Search attributes added: ${missing.map(([name]) => name).join(', ')}`)
}

function keptMs(found: temporal.api.workflowservice.v1.IDescribeNamespaceResponse): number {
  const ttl = found.config?.workflowExecutionRetentionTtl
  return ttl ? tsToMs(ttl) : RETENTION_MS
}

/** For Temporal Cloud, where the data plane refuses to change a namespace. */
export function cloudCommand(namespace: string): string {
  const flags = Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => `--sa "${name}=${type}"`)
  return `tcld namespace search-attributes add --namespace ${namespace} ${flags.join(' ')}`
}

async function usable(attempt: () => Promise<void>): Promise<void> {
  for (const deadline = Date.now() + PATIENCE_MS; ; await sleep(1_000)) {
    try {
      return await attempt()
    } catch (error) {
      if (Date.now() > deadline) throw error
    }
  }
}

async function main(): Promise<void> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig()
  const address = connectionOptions.address ?? 'localhost:7233'
  console.log(`Preparing namespace ${namespace} on ${address}`)
  let connection: Connection | undefined
  await usable(async () => {
    connection = await Connection.connect({ ...connectionOptions, address })
  })
  try {
    await setUpTemporal(connection!, namespace, console.log)
  } catch (error) {
    console.error(`The namespace cannot be prepared from here: ${(error as Error).message}`)
    console.error(`On Temporal Cloud, run: ${cloudCommand(namespace)}`)
    process.exitCode = 1
  } finally {
    await connection?.close()
  }
}

if (import.meta.main) await main()
