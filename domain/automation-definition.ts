// What an automation says of itself: the rule builder offers it by this, with a form of its own.

import type { Field } from './forms.ts'

export interface AutomationDefinition {
  /** The workflow type, and how rules name it. Never changed: runs are found by it. */
  name: string
  /** One line for the rule builder. */
  title: { en: string; 'pt-BR': string }
  parameters: readonly Field[]
}
