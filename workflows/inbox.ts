// The entity of one inbox: which children run, and every command. Facts live in the row; this
// workflow reads them, runs what they ask for and shows them.

import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  isCancellation,
  log,
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
import { provider, rows } from './activities.ts'
import { troubleOf } from './failures.ts'
import { nextAlarm } from './inbox-alarms.ts'
import { type ChildName, type ChildPlan, createChildren } from './inbox-children.ts'
import { createDisplay } from './inbox-display.ts'
import { handleUpdates } from './inbox-updates.ts'

/** `inbox/<id>`. Ends when the inbox is disconnected; rebuilt from its row whenever it is missing. */
export async function inbox(ref: InboxRef): Promise<void> {
  let current: InboxView | undefined
  let changes = 0
  /** A trouble that only time or the provider's side can mend is tried once more each hour. */
  let triedAgain = false
  /** Reconnects under way. */
  let connects = 0
  /** When access that rests was renewed, or tried to be, by this run. */
  let keptAliveAt = 0
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
  const report = (trouble: Trouble): void => {
    troubles.push(trouble)
    changes += 1
  }
  const beginConnect = (): (() => void) => {
    connects += 1
    return () => {
      connects -= 1
    }
  }
  handleUpdates(ref, { view: () => current, changed, report, beginConnect, children })

  for (;;) {
    const seen = changes
    const trouble = troubles.shift()
    const view = trouble ? await rows.markHealth({ ...ref, trouble }) : await rows.loadInbox(ref)
    current = view
    show(view)
    if (view.facts.phase === 'disconnected') break
    if (!children.runs('connect') && hasLostItsForm(view)) troubles.push(formLost(view))
    if (troubles.length > 0) continue
    const taken = view.signsIn && connects > 0
    const wanted = childrenOf(ref, view, triedAgain)
    children.reconcile(taken ? wanted.filter(({ name }) => name !== 'connect') : wanted)
    if (workflowInfo().continueAsNewSuggested) {
      await children.stopAll()
      await condition(allHandlersFinished)
      await continueAsNew<typeof inbox>(ref)
    }
    const alarm = nextAlarm(view, { triedAgain, keptAliveAt, now: Date.now() })
    if (!alarm) await condition(() => changes !== seen)
    else if (!(await changedWithin(() => changes !== seen, alarm.inMs))) {
      if (alarm.why === 'askAgain') triedAgain = true
      if (alarm.why === 'keepAlive') {
        keptAliveAt = Date.now()
        const trouble = await keepAccess(ref)
        if (trouble) report(trouble)
      }
    }
  }
  await children.stopAll()
  await condition(allHandlersFinished)
}

/** In a scope of its own, so that no timer of a wait that is over stays behind. */
async function changedWithin(happened: () => boolean, ms: number): Promise<boolean> {
  return CancellationScope.cancellable(() => condition(happened, ms))
}

/** Renewed, or what only a person can mend; anything else is tried once more later. */
async function keepAccess(ref: InboxRef): Promise<Trouble | undefined> {
  try {
    await provider.keepAccess(ref)
    return undefined
  } catch (error) {
    const trouble = troubleOf(error, 'receive')
    if (trouble || isCancellation(error)) return trouble
    log.warn('Access could not be renewed; it is tried again', { error: String(error) })
    return undefined
  }
}

/** Nobody could try it within its half hour: only a person can bring another. */
function hasLostItsForm({ facts, draftId, awaitedUntil }: InboxView): boolean {
  const { phase, paused, receive, send } = facts
  const untried = receive.status === 'ok' && send.status === 'ok'
  return phase === 'connecting' && !paused && untried && draftId === null && !awaitedUntil
}

function formLost({ receives, signsIn }: InboxView): Trouble {
  const direction = receives ? 'receive' : 'send'
  const reason = signsIn ? 'authorization_expired' : 'draft_expired'
  return { kind: 'ActionRequired', direction, reason, evidence: null }
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
