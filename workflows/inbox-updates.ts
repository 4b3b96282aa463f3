// The commands of an inbox. Each writes the row by an activity, then the entity looks at it anew.

import {
  ApplicationFailure,
  condition,
  defineUpdate,
  isCancellation,
  log,
  patched,
  setHandler,
} from '@temporalio/workflow'
import { deriveState } from '../domain/inbox.ts'
import {
  type InboxRef,
  type InboxUpdate,
  type InboxView,
  SIGNALS,
  type Trouble,
  UPDATES,
  type UpdateInputs,
  type UpdateResult,
  WORKFLOW_FAILURES,
} from '../temporal/contracts.ts'
import { provider, rows } from './activities.ts'
import { applicationFailureOf, connectTroubleOf } from './failures.ts'
import type { createChildren } from './inbox-children.ts'

interface Entity {
  view(): InboxView | undefined
  changed(next?: InboxView): void
  /** While it runs, no child tries the same sign-in. Returns what ends it. */
  beginConnect(): () => void
  /** Recorded, and people are told of it. */
  report(trouble: Trouble): void
  children: ReturnType<typeof createChildren>
}

type Commands = {
  [U in InboxUpdate]: (input: UpdateInputs[U], view: InboxView) => Promise<InboxView | undefined>
}

export function handleUpdates(ref: InboxRef, entity: Entity): void {
  const commands: Commands = {
    reconnect: async ({ draftId }, view) => {
      const done = entity.beginConnect()
      try {
        await provider.connectInbox({ ...ref, draftId: draftId ?? null })
      } catch (error) {
        // Whoever closed the window after a sign-in finds here why it came to nothing.
        const trouble = connectTroubleOf(error)
        if (view.signsIn && view.facts.phase === 'connecting' && trouble) entity.report(trouble)
        throw error
      } finally {
        done()
      }
      await rows.joinDefaultRules(ref)
      return undefined
    },
    pause: (asked) => rows.pauseInbox({ ...ref, ...asked }),
    resume: (asked) => rows.resumeInbox({ ...ref, ...asked }),
    syncNow: async () => {
      await rows.requestSync(ref)
      await entity.children.signal('sync', SIGNALS.refresh)
      return undefined
    },
    releaseClaudia: (asked) => rows.releaseClaudia({ ...ref, ...asked }),
    startImport: () => rows.loadInbox(ref),
    pauseImport: (asked, view) =>
      rows.setImportStatus({ ...withImport(ref, view, 'paused'), ...asked }),
    resumeImport: (asked, view) =>
      rows.setImportStatus({ ...withImport(ref, view, 'running'), ...asked }),
    cancelImport: (asked, view) =>
      rows.setImportStatus({ ...withImport(ref, view, 'cancelled'), ...asked }),
    disconnect: async (asked, view) => {
      const { purge, ...who } = asked
      if (!patched('closed-first')) {
        if (view.signsIn) await provider.releaseAccess(ref).catch(ignoreFailure)
        return rows.disconnectInbox({ ...ref, ...asked })
      }
      // Else a cycle under way would set up again what is taken back.
      const closed = await rows.closeInbox({ ...ref, ...who })
      // The inbox goes, also when its provider is away.
      if (view.signsIn || view.setUpAtProvider) {
        await provider.releaseAccess(ref).catch(ignoreFailure)
      }
      await rows.forgetInbox({ ...ref, purge })
      return closed
    },
  }

  for (const name of Object.keys(commands) as InboxUpdate[]) {
    const command = commands[name] as (input: unknown, view: InboxView) => Promise<InboxView>
    setHandler(
      defineUpdate<UpdateResult, [unknown]>(UPDATES[name]),
      async (input: unknown) => {
        // An update may be what started this run: the row is read first.
        await condition(() => entity.view() !== undefined)
        refuseWhenOver(name, entity.view())
        try {
          const next = await command(input, entity.view()!)
          entity.changed(next ?? (await rows.loadInbox(ref)))
        } catch (error) {
          throw answerOf(error)
        }
        return { state: deriveState(entity.view()!.facts) }
      },
      { validator: (_input: unknown) => refuseWhenOver(name, entity.view()) },
    )
  }
}

function refuseWhenOver(name: InboxUpdate, view: InboxView | undefined): void {
  if (!view) return
  const refuse = (type: string, message: string) => {
    throw ApplicationFailure.create({ type, message, nonRetryable: true })
  }
  // Disconnecting twice is as good as once.
  if (view.facts.phase === 'disconnected' && name !== 'disconnect') {
    refuse(WORKFLOW_FAILURES.InboxDisconnected, 'inbox_disconnected')
  }
  const needsImport = name === 'pauseImport' || name === 'resumeImport' || name === 'cancelImport'
  if (needsImport && (!view.import || view.import.status === 'completed')) {
    refuse(WORKFLOW_FAILURES.ImportNotFound, 'import_not_running')
  }
}

function withImport<S extends string>(ref: InboxRef, view: InboxView, status: S) {
  return { ...ref, importId: view.import!.importId, status }
}

/** What the activity failed with stands in the history. */
function ignoreFailure(error: unknown): void {
  if (isCancellation(error)) throw error
  log.warn('Access could not be given back', { error: String(error) })
}

/** The API reads kind, reason and evidence; it need not know that an activity was in between. */
function answerOf(error: unknown): unknown {
  const failure = applicationFailureOf(error)
  if (!failure) return error
  return ApplicationFailure.create({
    type: failure.type ?? 'Unknown',
    message: failure.message,
    details: failure.details ?? [],
    nonRetryable: true,
  })
}
