// The panel: its head, and one of the pages below it.

import { tellPage } from '../bridge.ts'
import { locale } from '../i18n.ts'
import { mode, refusal, widget } from '../session.ts'
import { current, place } from '../store.ts'
import { History } from './history.tsx'
import { List } from './list.tsx'
import { Talk } from './talk.tsx'
import { ticketName, useText } from './text.ts'

export function App() {
  const text = useText()
  const look = widget.value
  if (refusal.value) return <Refusal code={refusal.value} />
  if (!look || !locale.value) return <div class="loading" role="status" aria-label="…" />
  const at = place.value
  const title = look.welcome_title || look.name
  const back = mode.value === 'several' && at.page === 'talk'
  return (
    <div class="panel" style={{ '--colour': look.colour }}>
      <header class="head">
        {back && (
          <button
            type="button"
            class="icon"
            aria-label={text.back}
            onClick={() => {
              place.value = { page: 'list' }
            }}
          >
            ‹
          </button>
        )}
        <div class="title">
          <h1>{back && current.value ? ticketName(current.value.display_id) : title}</h1>
          {!back && look.welcome_text && <p>{look.welcome_text}</p>}
        </div>
        {parent !== window && (
          <button
            type="button"
            class="icon"
            aria-label={text.close}
            onClick={() => tellPage({ close: true })}
          >
            ×
          </button>
        )}
      </header>
      {!look.open && look.away_text && (
        <p class="away" role="status">
          {look.away_text}
        </p>
      )}
      {mode.value === 'several' && at.page !== 'talk' && <Tabs />}
      <main class="body" id="page">
        {at.page === 'list' && <List />}
        {at.page === 'history' && <History />}
        {at.page === 'talk' && <Talk key={at.id ?? 'new'} />}
      </main>
    </div>
  )
}

function Tabs() {
  const text = useText()
  const at = place.value.page
  const tab = (page: 'list' | 'history', name: string) => (
    <button
      type="button"
      role="tab"
      id={`tab-${page}`}
      aria-selected={at === page}
      aria-controls="tab-page"
      tabIndex={at === page ? 0 : -1}
      onClick={() => {
        place.value = { page }
      }}
      onKeyDown={(event) => {
        if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return
        const other = page === 'list' ? 'history' : 'list'
        place.value = { page: other }
        document.getElementById(`tab-${other}`)?.focus()
      }}
    >
      {name}
    </button>
  )
  return (
    <div class="tabs" role="tablist">
      {tab('list', text.active)}
      {tab('history', text.history)}
    </div>
  )
}

function Refusal({ code }: { code: string }) {
  const text = useText()
  return (
    <main class="refusal">
      <p role="alert">{code === 'domain_not_allowed' ? text.notHere : text.noWidget}</p>
    </main>
  )
}
