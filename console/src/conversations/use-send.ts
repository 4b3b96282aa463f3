// Sending from the composer: a message is sent once, however often it is asked for.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, at, dataOf } from '../api/client.ts'
import type { Conversation } from '../api/shapes.ts'

export interface Outgoing {
  content: string
  private: boolean
  /** Ids of uploads. */
  attachments: string[]
  cc: string[]
  reply_all: boolean
  template?: { id: string; variables: Record<string, string> }
}

/** @param prepare makes what is to be sent; `onSent` clears the form */
export function useSend(
  conversation: Conversation,
  prepare: () => Promise<Outgoing>,
  onSent: () => void,
) {
  const queries = useQueryClient()
  // Kept until the message is in: whoever presses twice sends once.
  const [key, setKey] = useState(() => crypto.randomUUID())
  const send = useMutation({
    meta: { shown: true },
    mutationFn: async () =>
      dataOf(
        api.POST('/api/v1/accounts/{account_id}/conversations/{id}/messages', {
          params: at(conversation.id),
          headers: { 'idempotency-key': key },
          body: { bcc: [], ...(await prepare()) },
        }),
      ),
    async onSuccess() {
      onSent()
      setKey(crypto.randomUUID())
      await queries.invalidateQueries({ queryKey: ['conversations', conversation.id] })
    },
  })
  /** To be called when the form changes: after a failure, another text is another message. */
  const changed = () => {
    if (send.isError) setKey(crypto.randomUUID())
  }
  return { send, changed }
}
