// The app in the iframe, or alone in the view of a mobile app.
import { effect } from '@preact/signals'
import { render } from 'preact'
import type { Call } from '../protocol.ts'
import { askPage, meetPage, serve, tellPage } from './bridge.ts'
import { activateLocale } from './i18n.ts'
import { goLive } from './live.ts'
import { dropAll, flush, onStart } from './outbox.ts'
import * as session from './session.ts'
import { clear, current, isShown, openTalk, place, resync, unread } from './store.ts'
import './widget.css'
import { App } from './views/app.tsx'

/** Attributes that the page sets while it is asked, for the conversation about to begin. */
let collecting: Record<string, unknown> | undefined

const page = await meetPage()
session.placed(page)
isShown.value = parent === window
onStart(async () => {
  collecting = {}
  await askPage('on-start-conversation')
  const collected = collecting
  collecting = undefined
  return collected
})
session.onEnd(() => {
  dropAll()
  clear()
})
serve(answer)
if (parent === window) {
  // An app's own code calls these, since there is no page to hold the loader.
  Object.assign(window, {
    cloudchat: {
      setUser: (id: unknown, facts: object) =>
        answer({ method: 'setUser', args: [String(id), { ...facts }] }),
      setCustomAttributes: (attributes: object) =>
        answer({ method: 'setCustomAttributes', args: [{ ...attributes }] }),
      reset: () => answer({ method: 'reset', args: [] }),
    },
  })
}
render(<App />, document.getElementById('app')!)
await start()
goLive((message) => tellPage({ event: 'on-message', detail: { ...message } }))
effect(() => tellPage({ unread: unread.value }))
effect(() => {
  const look = session.widget.value
  if (look) tellPage({ look: { colour: look.colour, position: look.position } })
})
addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !event.isComposing) tellPage({ close: true })
})
addEventListener('online', flush)

/** A server that is away is asked until it is there. */
async function start(): Promise<void> {
  for (let wait = 500; ; wait = Math.min(wait * 2, 15_000)) {
    try {
      await session.begin()
      if (session.refusal.value) return
      await resync()
      if (session.mode.value === 'several') place.value = { page: 'list' }
      void flush()
      return
    } catch (error) {
      if (!(error instanceof session.Away)) throw error
      await new Promise((resolve) => setTimeout(resolve, wait))
    }
  }
}

async function answer(call: Call): Promise<unknown> {
  switch (call.method) {
    case 'setUser': {
      const [identifier, facts] = call.args
      const answer = await session.setUser(identifier, facts)
      if (answer.status !== 'rejected') await show()
      return answer
    }
    case 'setCustomAttributes': {
      const [attributes] = call.args
      if (collecting) Object.assign(collecting, attributes)
      else await session.setAttributes(attributes)
      return { status: 'accepted', code: 'accepted' }
    }
    case 'setLocale':
      return activateLocale(call.args[0])
    case 'openConversation': {
      const [id] = call.args
      const known = id === null ? null : await session.call(`/conversations/${id}`)
      await openTalk(known as Parameters<typeof openTalk>[0])
      return { status: 'accepted', code: 'accepted' }
    }
    case 'shown':
      isShown.value = call.args[0]
      if (isShown.value) await resync()
      return undefined
    case 'reset':
      await session.endSession()
      return { status: 'accepted', code: 'accepted' }
  }
}

/** What this visitor may see, in the layout that it has. */
async function show(): Promise<void> {
  await resync()
  const at = place.value
  const isEmpty = at.page === 'talk' && at.id === null
  if (session.mode.value === 'several' && (isEmpty || !current.value)) {
    place.value = { page: 'list' }
  }
}
