// Every automation there is, by the definition in its folder. `npm run new:automation` adds to it.

import type { AutomationDefinition } from '../../domain/automation-definition.ts'

export const AUTOMATIONS: readonly AutomationDefinition[] = []
