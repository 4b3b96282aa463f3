// The page around the iframe, over the port that its loader hands us. The page is whoever holds that
// port: its origin comes from the browser, not from what it says.
import type { Call, Hello, ToApp, ToPage } from '../protocol.ts'

export interface Page {
  /** '' when there is none: the view of a mobile app. */
  origin: string
  locale: string | null
}

type Answer = (call: Call) => Promise<unknown>

let port: MessagePort | undefined
let lastAsk = 0
const asked = new Map<number, () => void>()

/** A page that has not answered by then never will: the conversation begins without it. */
const PAGE_MS = 2_000

/** Resolves with the page; calls that come meanwhile wait for `serve`. */
export function meetPage(): Promise<Page> {
  if (parent === window) {
    return Promise.resolve({ origin: '', locale: navigator.language })
  }
  return new Promise((resolve) => {
    addEventListener('message', function hello({ source, origin, data, ports }) {
      if (source !== parent || (data as Hello | null)?.cloudchat !== 'hello' || !ports[0]) return
      removeEventListener('message', hello)
      port = ports[0]
      resolve({ origin, locale: (data as Hello).locale })
    })
  })
}

export function serve(answer: Answer): void {
  if (!port) return
  const to = port
  to.onmessage = async ({ data }) => {
    const message = data as ToApp
    if ('answer' in message) return asked.get(message.answer)?.()
    const result = await answer(message).catch(() => ({ status: 'rejected', code: 'unavailable' }))
    to.postMessage({ id: message.id, result } satisfies ToPage)
  }
}

export function tellPage(message: ToPage): void {
  if (port) port.postMessage(message)
  else toNativeApp(message)
}

/** The page's handlers have run, or there is no page. */
export function askPage(event: 'on-start-conversation'): Promise<void> {
  if (!port) return Promise.resolve()
  const ask = ++lastAsk
  return new Promise((resolve) => {
    const done = () => {
      asked.delete(ask)
      resolve()
    }
    asked.set(ask, done)
    setTimeout(done, PAGE_MS)
    tellPage({ ask, event })
  })
}

interface NativeWindow extends Window {
  ReactNativeWebView?: { postMessage(text: string): void }
  CloudChat?: { postMessage(text: string): void }
  webkit?: { messageHandlers?: { CloudChat?: { postMessage(text: string): void } } }
}

/** A mobile app that loaded the hosted page hears of unread messages and of closing. */
function toNativeApp(message: ToPage): void {
  const native = window as NativeWindow
  const text = JSON.stringify(message)
  native.ReactNativeWebView?.postMessage(text)
  native.CloudChat?.postMessage(text)
  native.webkit?.messageHandlers?.CloudChat?.postMessage(text)
}
