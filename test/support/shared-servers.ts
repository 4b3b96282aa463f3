// The servers that all test files share, each started when the first test asks for it.
// Do not stop or restart these: a test that wants to start its own.
import { Agent, get } from 'node:http'
import { inject } from 'vitest'
import type { HarnessAnswers } from './harness.ts'

declare module 'vitest' {
  interface ProvidedContext {
    harness: string
  }
}

/** The Temporal dev server, with the search attributes. Give each file its own task queues. */
export const sharedTemporal = () => ask('temporal')

/** For `server: {executable: {type: 'existing-path', path}}` of the time-skipping environment. */
export const testServerPath = async () => (await ask('test-server')).path

/** For a Worker's `workflowBundle`. */
export const workflowBundle = () => ask('workflow-bundle')

/** Resolves when the API can serve it. */
export const builtWidget = () => ask('widget')

/** The Postgres cluster; tests want createTestDatabase. */
export const sharedCluster = () => ask('database')

// Plain http: fetch gives up after five minutes, and a first download may take longer.
const agent = new Agent({ keepAlive: false })
function ask<K extends keyof HarnessAnswers>(what: K): Promise<HarnessAnswers[K]> {
  return new Promise((resolve, reject) => {
    const request = get(`${inject('harness')}/${what}`, { agent }, async (response) => {
      let body = ''
      for await (const chunk of response) body += chunk
      if (response.statusCode === 200) resolve(JSON.parse(body))
      else reject(new Error(`The shared ${what} did not start: ${body}`))
    })
    request.on('error', reject)
  })
}
