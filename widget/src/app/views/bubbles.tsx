// Messages as bubbles: what the server has, then what is on its way to it.
import { discard, retry, type Waiting, waiting } from '../outbox.ts'
import type { Attachment, Message } from '../shapes.ts'
import { messages, place } from '../store.ts'
import { Nodes } from './nodes.tsx'
import { useText } from './text.ts'

export function Bubbles() {
  const at = place.value
  const id = at.page === 'talk' ? at.id : null
  const there = new Set(messages.value.map(({ client_id }) => client_id))
  const own = waiting.value.filter((one) => one.conversationId === id && !there.has(one.id))
  return (
    <ol class="bubbles">
      {/* What the visitor wrote is not read out: it would be twice, waiting and sent. */}
      {messages.value.map((message) => (
        <Bubble key={message.id} message={message} />
      ))}
      {own.map((one) => (
        <OnItsWay key={one.id} one={one} />
      ))}
    </ol>
  )
}

function Bubble({ message }: { message: Message }) {
  const text = useText()
  const own = message.direction === 'incoming'
  return (
    <li
      class={own ? 'bubble own' : 'bubble'}
      data-id={message.id}
      aria-live={own ? 'off' : undefined}
    >
      <span class="author">{own ? text.you : message.author || text.support}</span>
      <div class="content">
        <Nodes nodes={message.tree} />
        {message.attachments.map((file) => (
          <File key={file.url} file={file} />
        ))}
      </div>
      <span class="meta">
        <time dateTime={message.sent_at}>{clock(message.sent_at)}</time>
        {own && <span data-state="delivered"> · {text.delivered}</span>}
      </span>
    </li>
  )
}

function File({ file }: { file: Attachment }) {
  const isPicture = /^image\/(png|jpeg|gif|webp|avif)$/.test(file.content_type)
  return (
    <a class="file" href={file.url} target="_blank" rel="noopener noreferrer">
      {isPicture ? <img src={file.url} alt={file.file_name} loading="lazy" /> : file.file_name}
    </a>
  )
}

function OnItsWay({ one }: { one: Waiting }) {
  const text = useText()
  return (
    <li class="bubble own waiting" aria-live="off">
      <span class="author">{text.you}</span>
      <div class="content">
        <p class="plain">{one.content}</p>
        {one.attachments.map(({ id, name }) => (
          <span key={id} class="file">
            {name}
          </span>
        ))}
      </div>
      {one.failed === undefined ? (
        <span class="meta" data-state="sending">
          {text.sending}
        </span>
      ) : (
        <span class="meta failed" data-state="failed" role="alert">
          {text.failed}{' '}
          <button type="button" onClick={() => retry(one.id)}>
            {text.retry}
          </button>{' '}
          <button type="button" onClick={() => discard(one.id)}>
            {text.discard}
          </button>
        </span>
      )}
    </li>
  )
}

function clock(time: string): string {
  return new Date(time).toLocaleTimeString(document.documentElement.lang, {
    hour: '2-digit',
    minute: '2-digit',
  })
}
