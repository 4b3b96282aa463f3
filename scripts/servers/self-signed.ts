// A throw-away certificate for 127.0.0.1 and localhost, so that TLS to our own servers is real.
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './child-process.ts'

export interface SelfSigned {
  certFile: string
  keyFile: string
  cert: string
  key: string
}

/** Makes a new pair in `dir` through openssl: Node can sign with a key but not make X.509. */
export async function selfSigned(dir: string): Promise<SelfSigned> {
  mkdirSync(dir, { recursive: true })
  const [certFile, keyFile] = [join(dir, 'cert.pem'), join(dir, 'key.pem')]
  const args = [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-keyout', keyFile, '-out', certFile, '-days', '30', '-subj', '/CN=localhost'],
    ...['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
  ]
  await run('openssl', args).catch((error: Error) => {
    throw new Error(`A test certificate needs the program openssl: ${error.message}`)
  })
  return {
    certFile,
    keyFile,
    cert: readFileSync(certFile, 'utf8'),
    key: readFileSync(keyFile, 'utf8'),
  }
}
