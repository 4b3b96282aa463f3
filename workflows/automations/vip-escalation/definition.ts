import type { AutomationDefinition } from '../../../domain/automation-definition.ts'

export const definition: AutomationDefinition = {
  name: 'vipEscalation',
  title: {
    en: 'Escalate to a team, then by e-mail, while nobody answers',
    'pt-BR': 'Escalar para um time e depois por e-mail enquanto ninguém responde',
  },
  parameters: [
    { name: 'team', kind: 'reference', to: 'team', required: true },
    { name: 'minutes', kind: 'minutes', required: true },
    { name: 'businessHours', kind: 'boolean', required: false },
    { name: 'mail', kind: 'text', required: true },
  ],
}
