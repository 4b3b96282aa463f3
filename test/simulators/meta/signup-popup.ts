// Meta's JavaScript SDK and the window that it opens for users of the WhatsApp Business app: a stand-in
// that refuses what the real one would not show, and tells what it tells.
import type { ServerResponse } from 'node:http'
import { APP, type GraphState } from './graph-state.ts'

export const SIGNUP_CONFIG = 'signup-config'

/** Whether the request was for one of them, and was answered. */
export function answerPopup(state: GraphState, url: URL, reply: ServerResponse): boolean {
  if (url.pathname === '/sdk.js') {
    reply.writeHead(200, { 'content-type': 'text/javascript' }).end(SDK)
    return true
  }
  if (url.pathname !== '/dialog/signup') return false
  const problem = problemOf(url.searchParams)
  reply
    .writeHead(problem === undefined ? 200 : 400, { 'content-type': 'text/html; charset=utf-8' })
    .end(problem ?? pageOf(state))
  return true
}

/** As the real SDK: one global, there after its script, and an answer when the window is closed. */
const SDK = `
  const home = new URL(document.currentScript.src).origin
  let app
  const sdk = {
    init(options) { app = options },
    login(answered, { config_id, extras, response_type, override_default_response_type }) {
      const query = new URLSearchParams({
        app_id: app.appId, version: app.version, config_id, response_type,
        override: String(override_default_response_type), extras: JSON.stringify(extras),
      })
      const popup = window.open(home + '/dialog/signup?' + query, 'meta', 'width=640,height=720')
      addEventListener('message', function listen({ origin, data }) {
        if (origin !== home || data.from !== 'sdk') return
        removeEventListener('message', listen)
        popup.close()
        answered({ authResponse: data.code ? { code: data.code } : null })
      })
    },
  }
  setTimeout(() => {
    window.FB = sdk
    window.fbAsyncInit()
  }, 100)
`

function problemOf(query: URLSearchParams): string | undefined {
  if (query.get('app_id') !== APP.appId) return 'Invalid App ID'
  if (query.get('config_id') !== SIGNUP_CONFIG) return 'Invalid configuration'
  if (query.get('response_type') !== 'code' || query.get('override') !== 'true') return 'No code'
  const { featureType, version } = JSON.parse(query.get('extras') ?? '{}')
  if (featureType !== 'whatsapp_business_app_onboarding') return 'Another flow'
  // Version 2 ended on 15 October 2026.
  return version === 'v4' ? undefined : 'This version of Embedded Signup is no longer available'
}

/** A button for each number that a phone uses, and one that gives up. */
function pageOf(state: GraphState): string {
  const numbers = [...state.numbers.values()].filter(({ onPhone }) => onPhone)
  const buttons = numbers.map(({ number, wabaId, token }) => {
    const code = crypto.randomUUID()
    state.codes.set(code, { redirectUri: undefined, token })
    return `<button onclick="finish('${code}', '${wabaId}')">${number}</button>`
  })
  return `<!doctype html><title>Meta</title><h1>WhatsApp Business</h1>${buttons.join('')}
    <button onclick="cancel()">Cancel</button>
    <script>
      const tell = (message) => opener.postMessage(message, '*')
      const session = (event, data) =>
        tell(JSON.stringify({ type: 'WA_EMBEDDED_SIGNUP', event, data, version: 3 }))
      function finish(code, waba_id) {
        session('FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING', { waba_id })
        tell({ from: 'sdk', code })
      }
      function cancel() {
        session('CANCEL', { current_step: 'PHONE_NUMBER_SETUP' })
        tell({ from: 'sdk' })
      }
    </script>`
}
