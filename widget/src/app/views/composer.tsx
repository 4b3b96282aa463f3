// Where the visitor writes. Enter sends, but not the one that ends a composition (IME).
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { write } from '../outbox.ts'
import { call, widget } from '../session.ts'
import type { PreChatAnswers } from './talk.tsx'
import { useText } from './text.ts'

interface Props {
  conversationId: number | null
  begin: PreChatAnswers | undefined
}

/** How often agents are told that somebody types. */
const TYPING_EVERY_MS = 3_000

export function Composer({ conversationId, begin }: Props) {
  const text = useText()
  const field = useRef<HTMLTextAreaElement>(null)
  const content = useSignal('')
  const files = useSignal<{ id: string; name: string }[]>([])
  const problem = useSignal('')
  const isUploading = useSignal(false)
  const toldTyping = useRef(0)
  useEffect(() => field.current?.focus(), [])

  function submit(): void {
    const written = content.value.trim()
    if ((written === '' && files.value.length === 0) || isUploading.value) return
    write({ conversationId, content: written, attachments: files.value, ...begin })
    content.value = ''
    files.value = []
    problem.value = ''
    field.current?.focus()
  }

  async function upload(chosen: FileList | null): Promise<void> {
    problem.value = ''
    isUploading.value = true
    for (const file of chosen ?? []) {
      if (file.size > (widget.value?.upload_limit_bytes ?? 0)) {
        problem.value = text.tooLarge
        continue
      }
      const form = new FormData()
      form.append('file', file)
      try {
        const { id } = await call<{ id: string }>('/uploads', { body: form })
        files.value = [...files.value, { id, name: file.name }]
      } catch {
        problem.value = text.uploadFailed
      }
    }
    isUploading.value = false
  }

  function tellTyping(): void {
    if (conversationId === null || Date.now() - toldTyping.current < TYPING_EVERY_MS) return
    toldTyping.current = Date.now()
    call(`/conversations/${conversationId}/typing`, { method: 'POST' }).catch(() => {})
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      {problem.value && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
      {files.value.map(({ id, name }) => (
        <p key={id} class="chosen">
          {name}{' '}
          <button
            type="button"
            aria-label={`${text.remove}: ${name}`}
            onClick={() => {
              files.value = files.value.filter((file) => file.id !== id)
            }}
          >
            ×
          </button>
        </p>
      ))}
      <div class="line">
        <label class="attach">
          <span class="hidden">{text.attach}</span>
          <span aria-hidden="true">+</span>
          <input
            type="file"
            multiple
            onChange={({ currentTarget }) => {
              void upload(currentTarget.files).then(() => {
                currentTarget.value = ''
              })
            }}
          />
        </label>
        <textarea
          ref={field}
          rows={1}
          maxLength={10_000}
          aria-label={text.write}
          placeholder={text.write}
          enterkeyhint="send"
          value={content.value}
          onInput={({ currentTarget }) => {
            content.value = currentTarget.value
            tellTyping()
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
            event.preventDefault()
            submit()
          }}
        />
        <button type="submit" class="send" aria-label={text.send}>
          ➤
        </button>
      </div>
    </form>
  )
}
