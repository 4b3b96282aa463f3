// What a language has to have: the same keys as English.
import type { en } from './en.ts'

/** What happened, and what to do about it. */
export type Text = readonly [message: string, remedy: string]

export type ErrorCode = keyof typeof en.errors
export type Locale = 'pt-BR' | 'en'

export interface Texts {
  errors: Record<ErrorCode, Text>
  /** Why something failed or was refused; what may lie behind it is in hints.ts. */
  reasons: Record<keyof typeof en.reasons, Text>
  phrases: Record<keyof typeof en.phrases, string>
}
