// docker-compose.yml as Compose would see it: anchors merged, variables filled in.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

export const root = join(import.meta.dirname, '../..')

export interface Service {
  image: string
  build?: string
  user?: string
  command?: string[]
  entrypoint?: string[]
  environment?: Record<string, string | number | null>
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

/** What a container of the service gets: a name without a value is taken from `env`, or left out. */
export function environmentOf(
  service: Service,
  env: Record<string, string> = {},
): Record<string, string> {
  const entries = Object.entries(service.environment ?? {}).flatMap(([name, value]) => {
    const given = value === null ? env[name] : String(value)
    return given === undefined ? [] : [[name, given]]
  })
  return Object.fromEntries(entries)
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
