// docker-compose.yml as Compose would see it: anchors merged, variables filled in.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { parse } from 'yaml'

export const root = join(import.meta.dirname, '../..')

export interface Service {
  image: string
  build?: string
  user?: string
  command?: string[]
  entrypoint?: string[]
  environment?: Record<string, string | number>
  env_file?: { path: string; required: boolean }[]
  ports?: string[]
  volumes?: string[]
  secrets?: string[]
  networks?: string[]
  profiles?: string[]
  restart?: string
  cap_drop?: string[]
  security_opt?: string[]
  container_name?: string
  depends_on?: Record<string, { condition: string }>
  healthcheck?: { test: string[] }
}

export interface ComposeFile {
  name: string
  services: Record<string, Service>
  networks: Record<string, { internal?: boolean }>
  volumes: Record<string, unknown>
  secrets: Record<string, { file: string }>
}

/** `env` stands for the shell and .env of whoever runs Compose. */
export function readComposeFile(env: Record<string, string> = {}): ComposeFile {
  const text = readFileSync(join(root, 'docker-compose.yml'), 'utf8')
  return filledIn(parse(text, { merge: true }), env) as ComposeFile
}

/** What is set for the service in the file itself. */
export function environmentOf(service: Service): Record<string, string> {
  const entries = Object.entries(service.environment ?? {})
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]))
}

/** What .env.example would set when copied to .env as it is. */
export function exampleSettings(): Record<string, string> {
  return parseEnv(readFileSync(join(root, '.env.example'), 'utf8')) as Record<string, string>
}

/** `${NAME:-default}`, `${NAME}` and `$$`, in every string (compose-spec, "Interpolation"). */
function filledIn(value: unknown, env: Record<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => filledIn(item, env))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, filledIn(item, env)]),
    )
  }
  if (typeof value !== 'string') return value
  return value.replace(
    /\$(?:(\$)|\{(\w+)(?::-([^}]*))?\})/g,
    (_, dollar?: string, name?: string, fallback?: string) =>
      dollar ?? (env[name!] || (fallback ?? '')),
  )
}
