// A certificate authority of one test: what it signs is as good as public to this process.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { run } from '../../scripts/servers/child-process.ts'
import type { SelfSigned } from '../../scripts/servers/self-signed.ts'

export interface PrivateCa {
  /** A certificate for these names; `days` of -1 has just expired. */
  issue(names: string[], how?: { days?: number }): Promise<SelfSigned>
  /** Node's default trust, and so every TLS client of this process, without options of its own. */
  trust(): void
  distrust(): void
  remove(): void
}

export async function privateCa(): Promise<PrivateCa> {
  const dir = mkdtempSync(join(tmpdir(), 'ca-'))
  const file = (name: string) => join(dir, name)
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const root = ['-keyout', file('ca.key'), '-out', file('ca.pem'), '-subj', '/CN=Test CA']
  await run('openssl', ['req', '-x509', ...newKey, ...root, '-days', '30'])
  const before = getCACertificates('default')
  let count = 0
  return {
    async issue(names, { days = 30 } = {}) {
      const name = file(String(++count))
      const [keyFile, certFile, request] = [`${name}.key`, `${name}.pem`, `${name}.csr`]
      const asking = ['-keyout', keyFile, '-out', request, '-subj', '/CN=server']
      await run('openssl', ['req', ...newKey, ...asking])
      const alternatives = names.map((host) => (/^[\d.]+$/.test(host) ? 'IP:' : 'DNS:') + host)
      writeFileSync(`${name}.ext`, `subjectAltName=${alternatives.join(',')}\n`)
      const signer = ['-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-extfile', `${name}.ext`]
      const signing = ['x509', '-req', '-in', request, ...signer, '-days', String(days)]
      await run('openssl', [...signing, '-out', certFile])
      const [cert, key] = [readFileSync(certFile, 'utf8'), readFileSync(keyFile, 'utf8')]
      return { certFile, keyFile, cert, key }
    },
    trust: () => setDefaultCACertificates([...before, readFileSync(file('ca.pem'), 'utf8')]),
    distrust: () => setDefaultCACertificates(before),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  }
}
