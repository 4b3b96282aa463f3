// The scripts panel: what it hands out is what works. In browsers: test/widget/.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { identityHash } from '../../channels/widget/index.ts'
import { type ApiUnderTest, startApi } from './api-under-test.ts'
import { connectWidget, type WidgetUnderTest } from './widget-under-test.ts'

interface Snippet {
  key: string
  code: string
}

let api: ApiUnderTest
let widget: WidgetUnderTest
let scripts: { page: Snippet[]; backend: Snippet[]; csp: string }
let scratch: string
beforeAll(async () => {
  api = await startApi({ PUBLIC_URL: 'https://chat.example' })
  widget = await connectWidget(api, api.accounts[0])
  scripts = (await api.call(api.accounts[0], 'GET', `/widgets/${widget.inboxId}/scripts`)).body
  scratch = mkdtempSync(join(tmpdir(), 'snippets-'))
})
afterAll(async () => {
  await api?.stop()
  rmSync(scratch, { recursive: true, force: true })
})

test('the basic script is the installation article’s, with the address and token filled in', () => {
  // As the article has it, but for line breaks and the kind of quotes.
  const article = `<script> (function(d,t) { var BASE_URL="https://BASE_URL_CLOUDCHAT_AQUI"; var g=d.createElement(t),s=d.getElementsByTagName(t)[0]; g.src=BASE_URL + "/packs/js/sdk.js"; g.defer = true; g.async = true; s.parentNode.insertBefore(g,s); g.onload=function(){ window.cloudchatSDK.run({ websiteToken: "SEU_TOKEN_AQUI", baseUrl: BASE_URL }); } })(document,"script"); </script>`
  const words = (code: string) => code.replaceAll("'", '"').replace(/\s+/g, '')
  const filled = article
    .replace('https://BASE_URL_CLOUDCHAT_AQUI', 'https://chat.example')
    .replace('SEU_TOKEN_AQUI', widget.websiteToken)
  const { code } = scripts.page.find(({ key }) => key === 'basic')!
  expect(words(code)).toBe(words(filled))
})

test('scripts with and without identity, for a strict policy, and for five back ends', () => {
  expect(scripts.page.map(({ key }) => key)).toEqual(['basic', 'contact', 'identity', 'strict_csp'])
  expect(scripts.backend.map(({ key }) => key)).toEqual([
    'javascript',
    'php',
    'python',
    'ruby',
    'java',
  ])
  expect(scripts.csp).toBe('script-src https://chat.example; frame-src https://chat.example')
  const identity = scripts.page.find(({ key }) => key === 'identity')!.code
  expect(identity).toContain('identifier_hash: signed.identifier_hash')
  // No secret of ours is in a page.
  expect(JSON.stringify(scripts)).not.toMatch(/identity_token/)
})

/** What calls the function of a snippet and prints the hash; programs that are not here are left out. */
const RUNS: Record<string, { program: string; file: string; call: string }> = {
  javascript: {
    program: process.execPath,
    file: 'hash.mjs',
    call: 'console.log(identifierHash(12345))',
  },
  python: { program: 'python3', file: 'hash.py', call: 'print(identifier_hash(12345))' },
  php: { program: 'php', file: 'hash.php', call: 'echo identifier_hash(12345);' },
  ruby: { program: 'ruby', file: 'hash.rb', call: 'puts identifier_hash(12345)' },
}

test('the back ends’ snippets make the hash that the widget wants', (context) => {
  let ran = 0
  for (const { key, code } of scripts.backend) {
    const run = RUNS[key]
    if (!run || !isHere(run.program)) continue
    const file = join(scratch, run.file)
    writeFileSync(file, `${code}\n${run.call}\n`)
    const env = { ...process.env, CLOUDCHAT_TOKEN: 'a token' }
    expect(execFileSync(run.program, [file], { env }).toString().trim(), key).toBe(
      identityHash('a token', '12345'),
    )
    ran += 1
  }
  expect(ran, context.task.name).toBeGreaterThan(0)
})

function isHere(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
