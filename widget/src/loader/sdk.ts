// What a site's page loads: a button and an API that queues. Nothing else is fetched before somebody
// comes near the button, or the page names its visitor. It never throws into the page.
import type { Call, ToApp, ToPage } from '../protocol.ts'
import { createButton } from './button.ts'

interface Options {
  websiteToken: string
  baseUrl: string
}

type Method = Call['method']
type Answer = { status: string; code: string; hint?: string }

interface Window_ extends Window {
  cloudchatSDK?: { run(options: Options): void }
  $cloudchat?: Record<string, unknown>
}

const page = window as Window_
const script = document.currentScript as HTMLScriptElement | null

if (!page.cloudchatSDK) {
  const sdk = createSdk()
  page.cloudchatSDK = { run: sdk.run }
  page.$cloudchat = sdk.api
  const token = script?.dataset.websiteToken
  if (token) sdk.run({ websiteToken: token, baseUrl: new URL(script.src).origin })
}

function createSdk() {
  let options: Options | undefined
  let button: ReturnType<typeof createButton> | undefined
  let port: MessagePort | undefined
  let isOpen = false
  let lastId = 0
  const waiting: ToApp[] = []
  const answers = new Map<number, (result: unknown) => void>()

  function tell(name: string, detail?: unknown): void {
    // A handler of the page that throws is reported by the browser, and breaks nothing here.
    dispatchEvent(new CustomEvent(`cloudchat:${name}`, { detail }))
  }

  function run(given: Options): void {
    if (options || !given?.websiteToken) return
    options = { ...given, baseUrl: new URL(given.baseUrl || '/', location.href).origin }
    const begin = () => {
      if (!options) return
      button = createButton({ toggle: () => toggle(), near: load })
      if (waiting.length > 0) whenIdle(load)
    }
    if (document.body) begin()
    else addEventListener('DOMContentLoaded', begin, { once: true })
    // Later than this task, so that handlers added after run() are there.
    setTimeout(() => options && tell('ready'))
  }

  /** The app itself; once. */
  function load(): void {
    if (!options || !button || button.frame.src) return
    const { baseUrl, websiteToken } = options
    const { frame } = button
    frame.onload = () => {
      const { port1, port2 } = new MessageChannel()
      port?.close()
      port = port1
      port1.onmessage = ({ data }) => hear(data as ToPage)
      const hello = { cloudchat: 'hello', locale: document.documentElement.lang || null }
      frame.contentWindow?.postMessage(hello, baseUrl, [port2])
      for (const message of waiting.splice(0)) port1.postMessage(message)
      if (isOpen) void call('shown', true)
    }
    frame.src = `${baseUrl}/widget?website_token=${encodeURIComponent(websiteToken)}`
  }

  function call(method: Method, ...args: unknown[]): Promise<unknown> {
    const id = ++lastId
    return new Promise((resolve) => {
      try {
        // As it is now: the page may change its object while this waits.
        const message = structuredClone({ id, method, args } as ToApp)
        answers.set(id, resolve)
        if (port) port.postMessage(message)
        else {
          waiting.push(message)
          if (button) whenIdle(load)
        }
      } catch {
        // Something that cannot be copied, such as a function.
        resolve({ status: 'rejected', code: 'not_cloneable' })
      }
    })
  }

  function hear(message: ToPage): void {
    if ('id' in message) {
      answers.get(message.id)?.(message.result)
      answers.delete(message.id)
    } else if ('ask' in message) {
      tell(message.event)
      // What the handlers called is in the channel already, and so comes before this.
      port?.postMessage({ answer: message.ask } satisfies ToApp)
    } else if ('event' in message) tell(message.event, message.detail)
    else if ('look' in message) button?.look(message.look)
    else if ('unread' in message) button?.badge(message.unread)
    else toggle('close')
  }

  function toggle(to?: 'open' | 'close'): void {
    const open = to ? to === 'open' : !isOpen
    if (!options || !button || open === isOpen) return
    isOpen = open
    if (open) load()
    button.show(open)
    if (port) void call('shown', open)
    tell(open ? 'opened' : 'closed')
  }

  async function setUser(identifier: unknown, facts: Record<string, unknown> = {}) {
    if (identifier === null || identifier === undefined || String(identifier).trim() === '') {
      return rejected('identifier_missing', 'Give the id of the user in your system.')
    }
    const answer = (await call('setUser', String(identifier), { ...facts })) as Answer
    if (answer.status === 'rejected') tell('error', answer)
    return answer
  }

  function rejected(code: string, hint: string): Answer {
    const answer = { status: 'rejected', code, hint }
    tell('error', answer)
    return answer
  }

  function destroy(): void {
    button?.remove()
    port?.close()
    waiting.length = 0
    for (const answer of answers.values()) answer({ status: 'rejected', code: 'destroyed' })
    answers.clear()
    options = button = port = undefined
    isOpen = false
  }

  return {
    run,
    api: {
      setUser,
      setCustomAttributes: (attributes: object) => call('setCustomAttributes', { ...attributes }),
      deleteCustomAttribute: (key: string) => call('setCustomAttributes', { [key]: null }),
      setConversationCustomAttributes: async () =>
        rejected(
          'not_available_v0',
          'Ask for them in the pre-chat form, whose fields may fill conversation attributes.',
        ),
      setLocale: (locale: string) => call('setLocale', String(locale)),
      openConversation: (id?: number) => {
        toggle('open')
        return call('openConversation', id ?? null)
      },
      toggle,
      reset: () => call('reset'),
      destroy,
    },
  }
}

function whenIdle(work: () => void): void {
  const later = window.requestIdleCallback ?? ((run: () => void) => setTimeout(run, 200))
  if (document.readyState === 'complete') later(work)
  else addEventListener('load', () => later(work), { once: true })
}
