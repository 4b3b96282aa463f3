// The row of an inbox as the fakes read and write it, and what they were asked to do.
import { Context } from '@temporalio/activity'
import type { InboxView, Trouble } from '../../temporal/contracts.ts'
import type { Fakes } from './workflow-world.ts'

/** An inbox whose commands change `view()`, and whose watch stays until it is cancelled. */
export function fakeRow(start: InboxView) {
  let view = start
  const calls: string[] = []
  const facts = (change: Partial<InboxView['facts']>) => {
    view = { ...view, facts: { ...view.facts, ...change } }
    return view
  }
  const fakes: Fakes = {
    loadInbox: async () => view,
    pauseInbox: async () => facts({ paused: true }),
    resumeInbox: async () => facts({ paused: false }),
    closeInbox: async () => facts({ phase: 'disconnected' }),
    requestSync: async () => {
      calls.push('requestSync')
    },
    connectInbox: async ({ draftId }) => {
      calls.push(`connect ${draftId}`)
      const ok = { status: 'ok' as const, reason: null, since: new Date().toISOString() }
      facts({ receive: ok, ...(view.facts.phase === 'connecting' ? { phase: 'importing' } : {}) })
      view = {
        ...view,
        draftId: null,
        import: view.import ?? { importId: 7, number: 1, status: 'running' },
      }
    },
    markHealth: async ({ trouble }: { trouble: Trouble }) => {
      calls.push(`${trouble.kind} ${trouble.reason}`)
      const status =
        trouble.kind === 'ActionRequired' ? 'action_required' : 'reauthorization_required'
      return facts({ receive: { status, reason: trouble.reason, since: new Date().toISOString() } })
    },
    finishImport: async () => {
      facts({ phase: 'active' })
      view = { ...view, import: { importId: 7, number: 1, status: 'completed' } }
    },
    watchInbox: async () => {
      calls.push('watch')
      await Context.current().cancelled.catch(() => {})
      return { end: 'stopped' }
    },
  }
  return { fakes, calls, view: () => view, facts }
}
