// Agents as the API shows them, people and bots.
import type { AgentRow } from '../../db/agents.ts'
import { Id, OneOf, type Static, Time, Type } from '../schemas.ts'

export const AVAILABILITY = ['online', 'busy', 'offline'] as const
export const AgentSchema = Type.Object({
  id: Id,
  name: Type.String(),
  email: Type.String(),
  role: OneOf(['administrator', 'agent', 'bot'] as const),
  is_claudia: Type.Boolean(),
  availability: OneOf(AVAILABILITY),
  created_at: Time,
})

type AgentView = Pick<
  AgentRow,
  'id' | 'name' | 'email' | 'role' | 'key' | 'availability' | 'created_at'
>
export function presentAgent(row: AgentView): Static<typeof AgentSchema> {
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    role: row.role,
    is_claudia: row.key === 'claudia',
    availability: row.availability,
    created_at: row.created_at.toISOString(),
  }
}
