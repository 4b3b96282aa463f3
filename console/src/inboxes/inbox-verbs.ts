// What an administrator asks of a running inbox, and what that renews on the screen.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api, at, dataOf } from '../api/client.ts'
import { inboxesQuery, inboxQuery } from '../api/queries.ts'
import type { Inbox } from '../api/shapes.ts'

const A = '/api/v1/accounts/{account_id}/inboxes/{id}'
type Verb = 'pause' | 'resume' | 'sync' | 'claudia/release'

/** The answer is the inbox as it is now; its event may be a moment behind. */
export function useInboxKeeper(): (inbox: Inbox) => void {
  const queries = useQueryClient()
  return (inbox) => {
    queries.setQueryData(inboxQuery(inbox.id).queryKey, (old) => old && { ...old, ...inbox })
    void queries.invalidateQueries({ queryKey: inboxesQuery.queryKey, exact: true })
  }
}

export function useInboxVerb(id: number, verb: Verb) {
  const onSuccess = useInboxKeeper()
  return useMutation({
    mutationFn: () => dataOf(api.POST(`${A}/${verb}`, { params: at(id) })),
    onSuccess,
  })
}

export function useClaudiaSwitch(id: number) {
  const onSuccess = useInboxKeeper()
  return useMutation({
    mutationFn: (mode: 'on' | 'off') =>
      dataOf(api.PUT(`${A}/claudia`, { params: at(id), body: { mode } })),
    onSuccess,
  })
}

export function useImportVerb(id: number, verb: 'pause' | 'resume' | 'cancel') {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => dataOf(api.POST(`${A}/import/${verb}`, { params: at(id) })),
    onSuccess: () => queries.invalidateQueries({ queryKey: inboxQuery(id).queryKey }),
  })
}
