// Conversations that go on, and the way to another one.

import type { Conversation } from '../shapes.ts'
import { conversations, openTalk } from '../store.ts'
import { ticketName, unreadCount, useText } from './text.ts'

export function List() {
  const text = useText()
  const list = conversations.value
  return (
    <section role="tabpanel" id="tab-page" aria-labelledby="tab-list" class="list">
      {list.length === 0 && <p class="empty">{text.none}</p>}
      <Cards list={list} />
      <button type="button" class="primary" onClick={() => void openTalk(null)}>
        {text.start}
      </button>
    </section>
  )
}

export function Cards({ list }: { list: Conversation[] }) {
  const text = useText()
  return (
    <ul class="cards">
      {list.map((one) => (
        <li key={one.id}>
          <button type="button" class="card" onClick={() => void openTalk(one)}>
            <span class="card-head">
              <strong>{ticketName(one.display_id)}</strong>
              <time dateTime={one.last_message_at}>{day(one.last_message_at)}</time>
            </span>
            <span class="card-text">{one.last_content || '…'}</span>
            <span class="card-foot">
              {one.status === 'resolved' ? text.overState : text.openState}
              {one.unread > 0 && <span class="badge">{unreadCount(one.unread)}</span>}
            </span>
          </button>
        </li>
      ))}
    </ul>
  )
}

function day(time: string): string {
  return new Date(time).toLocaleString(document.documentElement.lang, {
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  })
}
