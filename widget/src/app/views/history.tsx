// Conversations that are over: five at a time, by days and by number.
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { call } from '../session.ts'
import type { Conversation, Page } from '../shapes.ts'
import { Cards } from './list.tsx'
import { useText } from './text.ts'

interface Filters {
  from: string
  until: string
  ticket_id: string
}

export function History() {
  const text = useText()
  const found = useSignal<Conversation[]>([])
  const next = useSignal<string | null>(null)
  const isLoading = useSignal(true)
  const filters = useSignal<Filters>({ from: '', until: '', ticket_id: '' })

  async function load(cursor: string | null): Promise<void> {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
    const query = new URLSearchParams({ time_zone: timeZone })
    for (const [name, value] of Object.entries({ ...filters.value, cursor })) {
      if (value) query.set(name, value.replace(/^#/, ''))
    }
    isLoading.value = true
    try {
      const page = await call<Page<Conversation>>(`/conversations/history?${query}`)
      found.value = cursor ? [...found.value, ...page.data] : page.data
      next.value = page.next_cursor
    } catch {
      if (!cursor) found.value = []
      next.value = null
    } finally {
      isLoading.value = false
    }
  }

  useEffect(() => void load(null), [])

  const note = (name: keyof Filters) => (event: { currentTarget: HTMLInputElement }) => {
    filters.value = { ...filters.value, [name]: event.currentTarget.value.trim() }
  }
  return (
    <section role="tabpanel" id="tab-page" aria-labelledby="tab-history" class="list">
      <form
        class="filters"
        onSubmit={(event) => {
          event.preventDefault()
          void load(null)
        }}
      >
        <label>
          {text.from}
          <input name="from" type="date" onInput={note('from')} />
        </label>
        <label>
          {text.until}
          <input name="until" type="date" onInput={note('until')} />
        </label>
        <label>
          {text.ticketId}
          <input
            name="ticket_id"
            inputMode="numeric"
            pattern="#?[0-9]*"
            onInput={note('ticket_id')}
          />
        </label>
        <button type="submit" class="secondary">
          {text.search}
        </button>
      </form>
      <div aria-live="polite" aria-busy={isLoading.value}>
        {!isLoading.value && found.value.length === 0 && <p class="empty">{text.noneFound}</p>}
        <Cards list={found.value} />
      </div>
      {next.value && (
        <button type="button" class="secondary" onClick={() => void load(next.value)}>
          {text.more}
        </button>
      )}
    </section>
  )
}
