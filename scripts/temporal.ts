// `npm run -s temporal -- workflow list ...`: Temporal's command line, pointed at the server that
// `npm start` uses unless the environment names another.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { repositoryDir } from './platform/repository-dir.ts'
import { findTemporal } from './servers/temporal-binaries.ts'

const started = join(resolve(repositoryDir, process.env.DATA_DIR || '.data'), 'environment')
if (!process.env.TEMPORAL_ADDRESS && existsSync(started)) process.loadEnvFile(started)

const program = await findTemporal(console.error)
const { status, error } = spawnSync(program, process.argv.slice(2), { stdio: 'inherit' })
if (error) throw error
process.exitCode = status ?? 1
