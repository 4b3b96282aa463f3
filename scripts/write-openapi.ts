// Writes api/openapi.json from the routes, without any server: node scripts/write-openapi.ts
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { buildApp } from '../api/app.ts'
import type { Deps } from '../api/context.ts'
import { loadConfig } from '../config.ts'

const config = loadConfig({
  DATABASE_URL: 'postgres://localhost/none',
  ENCRYPTION_KEYS: `none:${Buffer.alloc(32).toString('base64')}`,
})
// Building touches none of the others.
const deps = { config, logger: pino({ level: 'silent' }), clock: () => new Date() } as Deps
const app = await buildApp(deps)
const target = join(import.meta.dirname, '../api/openapi.json')
writeFileSync(target, `${JSON.stringify(app.swagger(), null, 2)}\n`)
await app.close()
console.log('api/openapi.json is written')
