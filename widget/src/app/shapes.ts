// Answers of the visitor's API, as the app uses them (api/resources/visitor.ts).

export type MarkdownNode =
  | { type: 'text' | 'code' | 'pre'; text: string }
  | { type: 'br' }
  | { type: 'img'; src: string; alt: string }
  | { type: 'a'; href: string; children: MarkdownNode[] }
  | { type: 'p' | 'strong' | 'em' | 's' | 'ul' | 'ol' | 'li'; children: MarkdownNode[] }

export interface PreChatField {
  attribute: string
  target: 'contact' | 'conversation'
  label: string
  type: 'text' | 'email' | 'phone' | 'number' | 'date' | 'list' | 'checkbox'
  required: boolean
  options: string[]
}

export interface Widget {
  name: string
  welcome_title: string
  welcome_text: string
  colour: string
  position: 'left' | 'right'
  locale: 'pt-BR' | 'en' | null
  open: boolean
  away_text: string
  pre_chat_fields: PreChatField[]
  upload_limit_bytes: number
}

export type Mode = 'one' | 'several'

export interface SessionAnswer {
  token: string
  widget: Widget
  mode: Mode
  verified: boolean
}

export interface Conversation {
  id: number
  display_id: number
  status: 'open' | 'pending' | 'resolved' | 'snoozed'
  last_content: string
  unread: number
  last_message_at: string
  created_at: string
  read_only: boolean
}

export interface Attachment {
  file_name: string
  content_type: string
  size: number
  url: string
}

export interface Message {
  id: number
  client_id: string | null
  conversation_id: number
  direction: 'incoming' | 'outgoing'
  author: string | null
  content: string
  tree: MarkdownNode[]
  attachments: Attachment[]
  sent_at: string
}

export interface Conversations {
  mode: Mode
  feed: { id: string; position: number }
  data: Conversation[]
}

export interface Page<Item> {
  data: Item[]
  next_cursor: string | null
}

export interface Written {
  conversation: Conversation
  message: Message
  feed_id: string
}

export interface Identified {
  status: 'verified' | 'unverified' | 'rejected'
  code: string
  hint: string
}
