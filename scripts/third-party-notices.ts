// What the packages that ship with the product ask to be kept with it: node scripts/third-party-notices.ts [FILE]
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const LICENSE_FILE = /^(licen[cs]e|copying|notice)/i

export interface ShippedPackage {
  name: string
  version: string
  /** SPDX expression, as the package states it. */
  license: string
  /** Its licence and notice files, as they are. */
  texts: string[]
}

interface Manifest {
  name: string
  version: string
  license?: string | { type: string }
  licenses?: { type: string }[]
}

/** Every installed package that is no development tool, by the lock file. */
export function shippedPackages(): ShippedPackage[] {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; link?: boolean }>
  }
  const seen = new Map<string, ShippedPackage>()
  for (const [path, { dev, link }] of Object.entries(lock.packages)) {
    if (dev || link || !path.includes('node_modules/')) continue
    const shipped = read(join(root, path))
    if (shipped) seen.set(`${shipped.name}@${shipped.version}`, shipped)
  }
  return [...seen.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Undefined: meant for another platform, so it is not installed. */
function read(directory: string): ShippedPackage | undefined {
  let manifest: Manifest
  try {
    manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
  } catch {
    return undefined
  }
  const { name, version, license, licenses } = manifest
  const stated = typeof license === 'object' ? license.type : license
  return {
    name,
    version,
    license: stated ?? licenses?.map(({ type }) => type).join(' OR ') ?? '',
    texts: readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isFile() && LICENSE_FILE.test(entry.name))
      .map(({ name }) => readFileSync(join(directory, name), 'utf8').trim()),
  }
}

export function noticesOf(packages: readonly ShippedPackage[]): string {
  return packages
    .map(({ name, version, license, texts }) =>
      [`${name} ${version} (${license})`, ...texts].join('\n\n'),
    )
    .join(`\n\n${'-'.repeat(80)}\n\n`)
}

if (import.meta.main) {
  const [, , file] = process.argv
  const notices = `${noticesOf(shippedPackages())}\n`
  if (file) writeFileSync(file, notices)
  else process.stdout.write(notices)
}
