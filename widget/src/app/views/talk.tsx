// One conversation: its messages, and what may be done in it now.
import { useSignal } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { call, mode, widget } from '../session.ts'
import type { Conversation } from '../shapes.ts'
import {
  current,
  earlier,
  isShown,
  loadEarlier,
  messages,
  openTalk,
  place,
  put,
  typingUntil,
} from '../store.ts'
import { Bubbles } from './bubbles.tsx'
import { Composer } from './composer.tsx'
import { PreChat } from './pre-chat.tsx'
import { useText } from './text.ts'

export function Talk() {
  const text = useText()
  const talk = current.value
  const answers = useSignal<PreChatAnswers | undefined>(undefined)
  const isNew = place.value.page === 'talk' && place.value.id === null
  const fields = widget.value?.pre_chat_fields ?? []
  useRead(talk)
  if (isNew && fields.length > 0 && !answers.value) {
    return (
      <PreChat
        fields={fields}
        done={(given) => {
          answers.value = given
        }}
      />
    )
  }
  return (
    <div class="talk">
      <Messages />
      {talk?.read_only && <p class="over">{text.elsewhere}</p>}
      {talk && !talk.read_only && talk.status === 'resolved' && <Over talk={talk} />}
      {(!talk || (!talk.read_only && talk.status !== 'resolved')) && (
        <Composer conversationId={talk?.id ?? null} begin={answers.value} />
      )}
    </div>
  )
}

export interface PreChatAnswers {
  contact: Record<string, unknown>
  conversation: { custom_attributes: Record<string, unknown> }
}

function Messages() {
  const text = useText()
  const box = useRef<HTMLDivElement>(null)
  const atEnd = useRef(true)
  const last = messages.value.at(-1)?.id
  useLayoutEffect(() => {
    if (atEnd.current && box.current) box.current.scrollTop = box.current.scrollHeight
  })
  return (
    <div
      class="messages"
      ref={box}
      role="log"
      aria-label={text.messages}
      aria-live="polite"
      aria-relevant="additions"
      data-last={last}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        atEnd.current = scrollHeight - scrollTop - clientHeight < 40
      }}
    >
      {earlier.value && (
        <button type="button" class="secondary" onClick={() => void loadEarlier()}>
          {text.earlier}
        </button>
      )}
      <Bubbles />
      <Typing />
    </div>
  )
}

function Typing() {
  const text = useText()
  const now = useSignal(Date.now())
  useEffect(() => {
    const left = typingUntil.value - Date.now()
    now.value = Date.now()
    if (left <= 0) return
    const timer = setTimeout(() => {
      now.value = Date.now()
    }, left + 50)
    return () => clearTimeout(timer)
  }, [typingUntil.value])
  return typingUntil.value > now.value ? <p class="typing">{text.typing}</p> : null
}

function Over({ talk }: { talk: Conversation }) {
  const text = useText()
  return (
    <div class="over">
      <p>{text.over}</p>
      {mode.value === 'several' && (
        <button
          type="button"
          class="secondary"
          onClick={async () => {
            const open = await call<Conversation>(`/conversations/${talk.id}/reopen`, {
              method: 'POST',
            })
            put(open)
          }}
        >
          {text.reopen}
        </button>
      )}
      <button type="button" class="primary" onClick={() => void openTalk(null)}>
        {text.start}
      </button>
    </div>
  )
}

/** What is seen is read, and the server is told once. */
function useRead(talk: Conversation | undefined): void {
  const last = messages.value.findLast(({ direction }) => direction === 'outgoing')?.id
  const seen = isShown.value && document.visibilityState === 'visible'
  useEffect(() => {
    if (!talk || last === undefined || !seen) return
    const body = { status: 'read', until: last }
    call(`/conversations/${talk.id}/receipts`, { body })
      .then(() => {
        const now = current.value
        if (now?.id === talk.id) put({ ...now, unread: 0 })
      })
      .catch(() => {})
  }, [talk?.id, last, seen])
}
