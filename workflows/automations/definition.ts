// What an automation says of itself: the rule builder offers it by this, with a form of its own.
// Data only: the API reads it as well as the workflow's own folder.

import type { Field } from '../../domain/forms.ts'

export interface AutomationDefinition {
  /** The workflow type, and how rules name it. Never changed: runs are found by it. */
  name: string
  /** One line for the rule builder. */
  title: { en: string; 'pt-BR': string }
  parameters: readonly Field[]
}
