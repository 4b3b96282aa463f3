// What a field that refers to something of the account can be.
import { useQuery } from '@tanstack/react-query'
import { agentsQuery, inboxesQuery, teamsQuery, webhooksQuery } from '../api/queries.ts'

interface Option {
  value: string
  label: string
}

export function useReferenceOptions(): (to: string | undefined) => Option[] {
  const { data: agents = [] } = useQuery(agentsQuery)
  const { data: teams = [] } = useQuery(teamsQuery)
  const { data: inboxes = [] } = useQuery(inboxesQuery)
  const { data: webhooks = [] } = useQuery(webhooksQuery)
  const named = ({ id, name }: { id: number; name: string }) => ({ value: String(id), label: name })
  return (to) => {
    if (to === 'agent') return agents.filter(({ role }) => role !== 'bot').map(named)
    if (to === 'team') return teams.map(named)
    if (to === 'inbox') return inboxes.map(named)
    if (to === 'webhook') return webhooks.map(({ id, url }) => ({ value: String(id), label: url }))
    return []
  }
}
