// Keeps histories of real runs for replay. Only with RECORD_HISTORIES=<name> in the environment.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from '@temporalio/client'
import { temporal } from '@temporalio/proto'

const { History } = temporal.api.history.v1
type History = temporal.api.history.v1.IHistory

export const historiesDir = join(import.meta.dirname, 'histories')

interface Recorded {
  workflowId: string
  events: number
  /** Protobuf, base64: unlike the JSON form it needs no second copy of the protobuf library. */
  history: string
}

/** The longest history of each workflow type, as `<type>.<name>.json`. */
export async function recordHistories(client: Client): Promise<void> {
  const name = process.env.RECORD_HISTORIES
  if (!name) return
  const longest = new Map<string, Recorded>()
  for await (const { workflowId, runId, type } of client.workflow.list()) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory()
    const events = history.events?.length ?? 0
    if (events <= (longest.get(type)?.events ?? 0)) continue
    forgetMachine(history)
    const encoded = Buffer.from(History.encode(history).finish()).toString('base64')
    longest.set(type, { workflowId, events, history: encoded })
  }
  for (const [type, recorded] of longest) {
    const text = JSON.stringify(recorded, null, 2)
    writeFileSync(join(historiesDir, `${type}.${name}.json`), `${text}\n`)
  }
}

/** Replay needs neither the name of the machine nor where on it the code was. */
function forgetMachine(part: object): void {
  for (const [key, value] of Object.entries(part)) {
    if (key === 'stackTrace' || key === 'identity') Object.assign(part, { [key]: '' })
    else if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) {
      forgetMachine(value)
    }
  }
}

/** Everything in a history that could be read by whoever opens the Temporal UI. */
export function textOf(history: History): string {
  // Payloads are JSON, so their text is in the bytes as it is.
  return Buffer.from(History.encode(history).finish()).toString('latin1')
}

export function readHistory(file: string): {
  workflowId: string
  history: History
  /** Everything in it that could be read by whoever opens the Temporal UI. */
  readable: string
} {
  const recorded = JSON.parse(readFileSync(join(historiesDir, file), 'utf8')) as Recorded
  const history = History.decode(Buffer.from(recorded.history, 'base64'))
  return {
    workflowId: recorded.workflowId,
    history,
    readable: textOf(history),
  }
}
