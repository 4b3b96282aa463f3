// What the page's loader and the app in the iframe say to each other over one MessageChannel.

/** First and only message outside of the channel: it hands the port over. */
export interface Hello {
  cloudchat: 'hello'
  /** Of the page. */
  locale: string | null
}

/** What a page may ask; each is answered with its id. */
export type Call =
  | { method: 'setUser'; args: [identifier: string, facts: Record<string, unknown>] }
  | { method: 'setCustomAttributes'; args: [attributes: Record<string, unknown>] }
  | { method: 'setLocale'; args: [locale: string] }
  | { method: 'openConversation'; args: [id: number | null] }
  | { method: 'reset'; args: [] }
  | { method: 'shown'; args: [open: boolean] }

export type ToApp =
  | ({ id: number } & Call)
  /** The page's handlers of cloudchat:on-start-conversation have run. */
  | { answer: number }

export type ToPage =
  | { id: number; result: unknown }
  | { event: 'on-message' | 'error'; detail: unknown }
  /** Before the first message of a conversation: the page may still add attributes. */
  | { ask: number; event: 'on-start-conversation' }
  | { look: { colour: string; position: 'left' | 'right' } }
  | { unread: number }
  | { close: true }
