import type { AutomationDefinition } from '../../../domain/automation-definition.ts'

export const definition: AutomationDefinition = {
  name: 'satisfactionSurvey',
  title: {
    en: 'Ask how it was after a conversation is resolved',
    'pt-BR': 'Perguntar como foi depois que a conversa é resolvida',
  },
  parameters: [
    { name: 'minutes', kind: 'minutes', required: true },
    { name: 'question', kind: 'text', required: true },
    { name: 'thanks', kind: 'text', required: true },
  ],
}
