// The entity of one inbox: which children run, and every command. Facts live in the row; this
// workflow reads them, runs what they ask for and shows them.

import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import { deriveState, type InboxState, mayCall } from '../domain/inbox.ts'
import {
  type ChildEnd,
  type InboxRef,
  type InboxView,
  QUERIES,
  SIGNALS,
  type Trouble,
  WORKFLOWS,
  workflowIds,
} from '../temporal/contracts.ts'
import { rows } from './activities.ts'
import { type ChildName, type ChildPlan, createChildren } from './inbox-children.ts'
import { createDisplay } from './inbox-display.ts'
import { handleUpdates } from './inbox-updates.ts'

/** What needs a person is asked again this often: some of it is mended at the provider. */
const ASK_AGAIN = '1 hour'

/** `inbox/<id>`. Ends when the inbox is disconnected; rebuilt from its row whenever it is missing. */
export async function inbox(ref: InboxRef): Promise<void> {
  let current: InboxView | undefined
  let changes = 0
  /** A trouble that only time or the provider's side can mend is tried once more each hour. */
  let triedAgain = false
  const troubles: Trouble[] = []
  const show = createDisplay(ref)
  const children = createChildren(ref, (name, end) => {
    noteEnd(name, end)
    changes += 1
  })

  const noteEnd = (name: ChildName, end: ChildEnd): void => {
    if (end.end === 'trouble') troubles.push(end.trouble)
    if (name === 'sync') triedAgain = false
  }
  const changed = (next?: InboxView): void => {
    if (next) current = next
    changes += 1
  }

  for (const name of [SIGNALS.rowChanged, SIGNALS.healthChanged, SIGNALS.filesWaiting]) {
    setHandler(defineSignal(name), () => changed())
  }
  setHandler(defineSignal(SIGNALS.stalled), async () => {
    changed()
    // The watch hangs without failing; a new one often does not.
    await children.signal('sync', SIGNALS.refresh)
  })
  setHandler(defineQuery<InboxState | null>(QUERIES.state), () =>
    current ? deriveState(current.facts) : null,
  )
  handleUpdates(ref, { view: () => current, changed, children })

  for (;;) {
    const seen = changes
    const trouble = troubles.shift()
    const view = trouble ? await rows.markHealth({ ...ref, trouble }) : await rows.loadInbox(ref)
    current = view
    show(view)
    if (view.facts.phase === 'disconnected') break
    if (!children.runs('connect') && hasLostItsForm(view)) troubles.push(formLost(view))
    if (troubles.length > 0) continue
    children.reconcile(childrenOf(ref, view, triedAgain))
    if (workflowInfo().continueAsNewSuggested) {
      await children.stopAll()
      await condition(allHandlersFinished)
      await continueAsNew<typeof inbox>(ref)
    }
    const waiting = view.facts.receive.status === 'action_required' && !triedAgain
    if (waiting) triedAgain = !(await changedWithin(() => changes !== seen))
    else await condition(() => changes !== seen)
  }
  await children.stopAll()
  await condition(allHandlersFinished)
}

/** In a scope of its own, so that no timer of a wait that is over stays behind. */
async function changedWithin(happened: () => boolean): Promise<boolean> {
  return CancellationScope.cancellable(() => condition(happened, ASK_AGAIN))
}

/** Nobody could try it within its half hour: only a person can bring another. */
function hasLostItsForm({ facts, draftId }: InboxView): boolean {
  const { phase, paused, receive, send } = facts
  const untried = receive.status === 'ok' && send.status === 'ok'
  return phase === 'connecting' && !paused && untried && draftId === null
}

function formLost({ receives }: InboxView): Trouble {
  const direction = receives ? 'receive' : 'send'
  return { kind: 'ActionRequired', direction, reason: 'draft_expired', evidence: null }
}

/** The one place that says which children an inbox should have now. */
export function childrenOf(ref: InboxRef, view: InboxView, tryAgain: boolean): ChildPlan[] {
  const { facts, draftId } = view
  if (facts.phase === 'connecting') {
    const refused = facts.receive.status !== 'ok' || facts.send.status !== 'ok'
    if (facts.paused || refused || !draftId) return []
    return [
      {
        name: 'connect',
        workflowType: WORKFLOWS.connectInbox,
        workflowId: workflowIds.connect(ref.inboxId),
        input: { ...ref, draftId },
      },
    ]
  }
  const asksForPeople = facts.receive.status === 'action_required' && !tryAgain
  if (!view.receives || !mayCall(facts, 'receive') || asksForPeople) return []
  const plans: ChildPlan[] = [
    {
      name: 'sync',
      workflowType: WORKFLOWS.sync,
      workflowId: workflowIds.sync(ref.inboxId),
      input: ref,
    },
  ]
  const history = view.import
  if (history?.status === 'running') {
    plans.push({
      name: 'import',
      workflowType: WORKFLOWS.importHistory,
      workflowId: workflowIds.import(ref.inboxId, history.number),
      input: { ...ref, importId: history.importId, number: history.number },
    })
  }
  if (view.filesDue) {
    plans.push({
      name: 'files',
      workflowType: WORKFLOWS.fetchFiles,
      workflowId: workflowIds.files(ref.inboxId),
      input: ref,
    })
  }
  return plans
}
