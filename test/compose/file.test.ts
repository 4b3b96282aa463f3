// What docker-compose.yml and the Dockerfile promise, read from the files themselves.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import { expect, test } from 'vitest'
import {
  environmentOf,
  exampleSettings,
  readComposeFile,
  root,
  type Service,
} from './compose-file.ts'
import { contextPaths, imageEnvironment, readDockerfile } from './image.ts'

const file = readComposeFile()
const services = Object.entries(file.services)
const isOneShot = ([, { restart }]: [string, Service]) => restart !== 'unless-stopped'
const pick = (service: Service, ...names: string[]) =>
  Object.fromEntries(
    Object.entries(environmentOf(service)).filter(([name]) => names.includes(name)),
  )
const packageFile = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

test('the file is valid by the schema of the Compose Specification, and a wrong one would not be', () => {
  const schema = JSON.parse(
    readFileSync(join(import.meta.dirname, 'compose-spec/schema.json'), 'utf8'),
  )
  // Ajv knows draft 07 by its http address.
  schema.$schema = 'http://json-schema.org/draft-07/schema#'
  const ajv = new Ajv({ strict: false, allErrors: true })
  formats.default(ajv)
  ajv.addFormat('ports', true).addFormat('expose', true).addFormat('subnet_ip_address', true)
  const valid = ajv.compile(schema)
  valid(file)
  expect(valid.errors).toBeNull()
  const wrong = { ...file, services: { api: { ...file.services.api, health_check: {} } } }
  expect(valid(wrong)).toBe(false)
})

test('every image has an exact version, ours that of package.json and of the tested Node', () => {
  const images = services.map(([, { image }]) => image)
  const bases = readDockerfile().filter(({ name }) => name === 'FROM')
  const built = bases.map(({ rest }) => rest.split(' ')[0]!).filter((base) => base.includes(':'))
  for (const image of [...images, ...built]) expect(image).toMatch(/:\d+\.\d+(\.\d+)?(-[a-z]+)*$/)
  for (const image of built) {
    expect(image).toMatch(/^node:.*-bookworm-slim$/)
    expect(packageFile.devDependencies.node).toBe(`^${/\d+\.\d+\.\d+/.exec(image)![0]}`)
  }
  expect(new Set(images)).toContain(`${packageFile.name}:${packageFile.version}`)
})

test('nothing runs as root, and nothing may become more than it is', () => {
  for (const [name, service] of services) {
    expect(service.user, name).toMatch(/^(node|postgres|1000:1000)$/)
    expect(service.cap_drop, name).toEqual(['ALL'])
    expect(service.security_opt, name).toEqual(['no-new-privileges:true'])
  }
  const last = readDockerfile().at(-1)!.stage
  const users = readDockerfile().filter(({ stage, name }) => stage === last && name === 'USER')
  expect(users.map(({ rest }) => rest)).toEqual(['node'])
})

test('only the API is published; the Temporal UI answers on the machine itself alone', () => {
  const published = services.filter(([, { ports }]) => ports)
  expect(Object.fromEntries(published.map(([name, { ports }]) => [name, ports]))).toEqual({
    api: ['3000:3000'],
    'temporal-ui': ['127.0.0.1:8233:8080'],
  })
  for (const name of ['postgres', 'temporal']) {
    expect(file.services[name]!.networks).toEqual(['inside'])
  }
  expect(file.networks.inside).toEqual({ internal: true })
})

test('what stays has a health check, what ends is waited for', () => {
  for (const [name, service] of services.filter((one) => !isOneShot(one))) {
    expect(service.healthcheck?.test[0], name).toBe('CMD')
  }
  const awaited = services.flatMap(([, { depends_on = {} }]) => Object.entries(depends_on))
  for (const [name, { condition }] of awaited) {
    const oneShot = isOneShot([name, file.services[name]!])
    expect(condition).toBe(oneShot ? 'service_completed_successfully' : 'service_healthy')
  }
  const oneShots = services.filter(isOneShot).filter(([, { profiles }]) => !profiles)
  expect(oneShots.map(([name]) => name)).toEqual([
    'migrate',
    'temporal-schema',
    'temporal-setup',
    'promote',
  ])
})

test('secrets come as files, each only to those who need it', () => {
  for (const [name, service] of services) {
    for (const [variable, value] of Object.entries(environmentOf(service))) {
      expect(variable, name).not.toMatch(/(PASSWORD|SECRET|KEYS?|PWD)$/)
      if (!value.startsWith('/run/secrets/')) continue
      expect(service.secrets, name).toContain(value.slice('/run/secrets/'.length))
    }
    for (const secret of service.secrets ?? []) expect(file.secrets).toHaveProperty(secret)
  }
  const holders = services.filter(([, { secrets }]) => secrets?.includes('encryption_keys'))
  expect(holders.map(([name]) => name)).toEqual(['migrate', 'api', 'worker'])
})

test('what is set for the programs are settings that they know; all others come from .env', () => {
  const known = Object.keys(exampleSettings())
  for (const name of ['migrate', 'api', 'worker']) {
    const { environment, env_file } = file.services[name]!
    expect(env_file, name).toEqual([{ path: '.env', required: false }])
    const given = Object.keys(environment!).map((one) => one.replace(/_FILE$/, ''))
    expect(known, name).toEqual(expect.arrayContaining(given))
  }
})

test('workers can be many: nothing of theirs is fixed to one', () => {
  const { ports, container_name, volumes } = file.services.worker!
  expect({ ports, container_name }).toEqual({})
  expect(volumes).toEqual(file.services.api!.volumes)
  expect(environmentOf(file.services.worker!).STORAGE_DIR).toMatch(`${volumes![0]!.split(':')[1]}/`)
  expect(imageEnvironment()).toMatchObject(
    pick(file.services.worker!, 'STORAGE_DIR', 'WORKFLOW_BUNDLE'),
  )
})

test('what is promoted is the version that the workers run', () => {
  const names = ['WORKFLOW_BUNDLE', 'WORKER_VERSIONING', 'TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE']
  const { worker, promote } = file.services
  expect(pick(promote!, ...names)).toEqual(pick(worker!, ...names))
  expect(Object.keys(pick(promote!, ...names))).toHaveLength(4)
})

test('the image holds the programs and no tests, data or secrets; the files it names exist', () => {
  for (const path of contextPaths()) expect(existsSync(join(root, path)), path).toBe(true)
  expect(contextPaths()).not.toContain('.env')
  for (const path of ['test', 'bench', 'docs', 'scripts'])
    expect(contextPaths()).not.toContain(path)
  const install = readDockerfile().find(({ rest }) => rest.startsWith('npm'))
  expect(install?.rest).toBe('npm ci --omit=dev')
  const mounts = services.flatMap(([, { volumes = [] }]) =>
    volumes.map((one) => one.split(':')[0]!),
  )
  const mounted = mounts.filter((path) => path.startsWith('./'))
  expect(mounted).toHaveLength(3)
  for (const path of mounted) expect(existsSync(join(root, path)), path).toBe(true)
})
