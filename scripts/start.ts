// `npm start`: the platform on this machine, without sample data. What is not in the environment
// or in .env is started here and kept in .data/.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { claimDataDir } from './platform/data-dir.ts'
import { endOnSignal } from './platform/ending.ts'
import { startPlatform } from './platform/platform.ts'
import { repositoryDir } from './platform/repository-dir.ts'
import { createTerminal } from './platform/terminal.ts'

const terminal = createTerminal()
const { say, bold } = terminal
const envFile = join(repositoryDir, '.env')
if (existsSync(envFile)) process.loadEnvFile(envFile)

try {
  const dataDir = claimDataDir(resolve(repositoryDir, process.env.DATA_DIR || '.data'))
  const ending = endOnSignal(say)
  say(`${bold('Cloud Chat inboxes')} start; their data is in ${dataDir.path}`)
  const platform = await Promise.race([
    startPlatform({ dataDir: dataDir.path, env: process.env, terminal }),
    ending.then(() => undefined),
  ])
  // Interrupted half-way: what was started until then is ended with this process.
  if (!platform) process.exit(130)
  dataDir.announce(platform.url)

  const ofThisCopy = process.env.DATA_DIR ? `DATA_DIR=${process.env.DATA_DIR} ` : ''
  const { url, accountUrl, temporalUiUrl, namespace, newKey, welcomeLink } = platform
  say()
  say(`Console      ${url}/console`)
  say(`API          ${accountUrl}`)
  say(`API docs     ${url}/docs`)
  say(`Health       ${url}/health/ready`)
  say(`Metrics      ${url}/metrics`)
  say(`Temporal UI  ${temporalUiUrl}/namespaces/${namespace}/workflows`)
  say(`Worker       process ${platform.workerPid}`)
  say(`Logs         ${platform.logDir}`)
  say()
  if (newKey) {
    say(`${bold('Administrator key, shown only now:')} ${newKey}`)
    say()
  }
  if (welcomeLink) {
    say(`${bold('Set the password of the administrator, once:')} ${welcomeLink}`)
    say()
  }
  say('Try it:')
  say(`  curl -H "api_access_token: ${newKey ?? '$KEY'}" ${accountUrl}/inboxes`)
  say('One more worker:')
  say(`  npx node --env-file=${platform.environmentFile} workers/main.ts`)
  say('What runs in Temporal:')
  say(`  ${ofThisCopy}npm run -s temporal -- workflow list`)
  say('Ctrl-C stops everything; the next start goes on where this one ended.')

  await ending
  say('Stopping: worker and API finish what they do ...')
  await platform.stop()
  dataDir.release()
  say('Stopped.')
  process.exit(0)
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : error}`)
  process.exit(1)
}
