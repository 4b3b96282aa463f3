import type { AutomationDefinition } from '../../../domain/automation-definition.ts'

export const definition: AutomationDefinition = {
  name: 'followUp',
  title: {
    en: 'Follow up when the contact does not reply',
    'pt-BR': 'Retomar o contato quando não há resposta',
  },
  parameters: [
    { name: 'minutes', kind: 'minutes', required: true },
    { name: 'businessHours', kind: 'boolean', required: false },
    { name: 'message', kind: 'text', required: true },
  ],
}
