// Typed verbs over the Temporal client. No other file of the API or the relay talks to Temporal.

import { type Client, WithStartWorkflowOperation, WorkflowNotFoundError } from '@temporalio/client'
import type { ChannelType } from '../domain/inbox.ts'
import {
  ATTRIBUTES,
  type ConnectInput,
  type ConversationRef,
  type DraftRef,
  type FetchedMail,
  fairTo,
  type ImportProgress,
  type InboxRef,
  type InboxUpdate,
  inboxAttributes,
  type PreflightStage,
  type PrivacyRef,
  QUERIES,
  type QuarantineRef,
  SIGNALS,
  TASK_QUEUES,
  UPDATES,
  type UpdateInputs,
  type UpdateResult,
  WORKFLOWS,
  workflowIds,
} from './contracts.ts'

/** Temporal cannot be reached: the row is written, the relay repeats the rest. API answers 503. */
export class TemporalUnavailable extends Error {
  constructor(cause: unknown) {
    super('Temporal is unavailable', { cause })
    this.name = 'TemporalUnavailable'
  }
}

export interface TemporalVerbs {
  /** Starts the inbox's entity from its row; does nothing when it is running. */
  startInbox(ref: InboxRef, channel?: ChannelType): Promise<void>
  /** @throws WorkflowUpdateFailedError whose cause is an ApplicationFailure of the failure's kind */
  updateInbox<U extends InboxUpdate>(
    ref: InboxRef,
    update: U,
    input: UpdateInputs[U],
  ): Promise<UpdateResult>
  /** Runs the stages of a stored draft and answers each, also the failed one. */
  runPreflight(input: ConnectInput): Promise<PreflightStage[]>
  /** Finds the servers of the draft's address; the answer is in the draft. */
  discoverServers(input: DraftRef): Promise<void>
  /** Trades the code of the draft and finds what it opens; the answer is in the draft. */
  completeSignIn(input: DraftRef): Promise<void>
  /** Fetches the mail's original, which is then kept for an hour. */
  fetchQuarantined(ref: QuarantineRef): Promise<FetchedMail>
  /** Something new for the conversation's automations: one signal-with-start, without content. */
  wakeConversation(ref: ConversationRef): Promise<void>
  /** Something new to send in the conversation. */
  wakeSend(ref: ConversationRef): Promise<void>
  /** Webhooks are to hear of the conversation. */
  wakeWebhooks(ref: ConversationRef): Promise<void>
  /** An incident of the inbox is to be told outside the console. */
  wakeNotices(ref: InboxRef): Promise<void>
  /** Null when that import is not known to Temporal; the row knows the progress too. */
  queryImport(ref: InboxRef, number: number): Promise<ImportProgress | null>
  /** Ids of the inboxes that have a running entity; a little behind, as visibility is. */
  runningInboxes(): Promise<Set<number>>
  /** The inbox's entity looks at its row, started where it does not run. */
  wakeInbox(ref: InboxRef, why: { stalled: boolean }): Promise<void>
  /** Takes up a request that waits; does nothing when that is under way. */
  startPrivacyRequest(ref: PrivacyRef, kind: 'export' | 'erasure'): Promise<void>
  /** The watchdog and the retention, of which the namespace has one each. */
  ensureCaretakers(): Promise<void>
}

/** An update waits for a worker this long before the API gives up with 503. */
const UPDATE_DEADLINE_MS = 45_000

export function createTemporalVerbs(client: Client): TemporalVerbs {
  const queue = TASK_QUEUES.workflows

  const signal = (workflow: string, workflowId: string, ref: ConversationRef | InboxRef) =>
    reach(async () => {
      await client.workflow.signalWithStart(workflow, {
        workflowId,
        taskQueue: queue,
        args: [ref],
        signal: SIGNALS.wake,
        signalArgs: [],
        priority: fairTo(ref),
        typedSearchAttributes: [{ key: ATTRIBUTES.accountId, value: String(ref.accountId) }],
      })
    })

  return {
    startInbox: (ref, channel) =>
      reach(async () => {
        await client.workflow.start(WORKFLOWS.inbox, {
          workflowId: workflowIds.inbox(ref.inboxId),
          taskQueue: queue,
          args: [ref],
          workflowIdConflictPolicy: 'USE_EXISTING',
          priority: fairTo(ref),
          staticSummary: `Inbox ${ref.inboxId}`,
          typedSearchAttributes: inboxAttributes(ref, channel),
        })
      }),

    updateInbox: (ref, update, input) =>
      reach(() =>
        client.withDeadline(Date.now() + UPDATE_DEADLINE_MS, () =>
          client.workflow.executeUpdateWithStart<() => Promise<void>, UpdateResult, [unknown]>(
            UPDATES[update],
            {
              args: [input],
              startWorkflowOperation: new WithStartWorkflowOperation(WORKFLOWS.inbox, {
                workflowId: workflowIds.inbox(ref.inboxId),
                taskQueue: queue,
                args: [ref] as unknown as [],
                workflowIdConflictPolicy: 'USE_EXISTING',
                priority: fairTo(ref),
                staticSummary: `Inbox ${ref.inboxId}`,
                typedSearchAttributes: inboxAttributes(ref),
              }),
            },
          ),
        ),
      ),

    runPreflight: (input) =>
      reach(() =>
        client.workflow.execute<(input: ConnectInput) => Promise<PreflightStage[]>>(
          WORKFLOWS.preflight,
          {
            workflowId: workflowIds.preflight(input.draftId),
            taskQueue: queue,
            args: [input],
            workflowIdConflictPolicy: 'USE_EXISTING',
            priority: fairTo(input),
            workflowExecutionTimeout: '5 minutes',
          },
        ),
      ),

    discoverServers: (input) =>
      reach(() =>
        client.workflow.execute<(input: DraftRef) => Promise<void>>(WORKFLOWS.discoverServers, {
          workflowId: workflowIds.discovery(input.draftId),
          taskQueue: queue,
          args: [input],
          workflowIdConflictPolicy: 'USE_EXISTING',
          priority: fairTo(input),
          workflowExecutionTimeout: '2 minutes',
        }),
      ),

    completeSignIn: (input) =>
      reach(() =>
        client.workflow.execute<(input: DraftRef) => Promise<void>>(WORKFLOWS.completeSignIn, {
          workflowId: workflowIds.signIn(input.draftId),
          taskQueue: queue,
          args: [input],
          workflowIdConflictPolicy: 'USE_EXISTING',
          priority: fairTo(input),
          workflowExecutionTimeout: '10 minutes',
        }),
      ),

    fetchQuarantined: (ref) =>
      reach(() =>
        client.workflow.execute<(ref: QuarantineRef) => Promise<FetchedMail>>(
          WORKFLOWS.fetchQuarantined,
          {
            workflowId: workflowIds.quarantined(ref.quarantineId),
            taskQueue: queue,
            args: [ref],
            workflowIdConflictPolicy: 'USE_EXISTING',
            priority: fairTo(ref),
            workflowExecutionTimeout: '5 minutes',
            typedSearchAttributes: [{ key: ATTRIBUTES.accountId, value: String(ref.accountId) }],
          },
        ),
      ),

    wakeConversation: (ref) =>
      signal(WORKFLOWS.conversation, workflowIds.conversation(ref.conversationId), ref),

    wakeSend: (ref) => signal(WORKFLOWS.sendMessages, workflowIds.send(ref.conversationId), ref),

    wakeWebhooks: (ref) =>
      signal(WORKFLOWS.sendWebhooks, workflowIds.webhooks(ref.conversationId), ref),

    wakeNotices: (ref) => signal(WORKFLOWS.sendNotices, workflowIds.notices(ref.inboxId), ref),

    queryImport: (ref, number) =>
      reach(async () => {
        const handle = client.workflow.getHandle(workflowIds.import(ref.inboxId, number))
        try {
          return await handle.query<ImportProgress | null>(QUERIES.importProgress)
        } catch (error) {
          if (error instanceof WorkflowNotFoundError) return null
          throw error
        }
      }),

    runningInboxes: () =>
      reach(async () => {
        const ids = new Set<number>()
        const query = `WorkflowType = '${WORKFLOWS.inbox}' AND ExecutionStatus = 'Running'`
        for await (const { workflowId } of client.workflow.list({ query })) {
          ids.add(Number(workflowId.split('/')[1]))
        }
        return ids
      }),

    wakeInbox: (ref, { stalled }) =>
      reach(async () => {
        await client.workflow.signalWithStart(WORKFLOWS.inbox, {
          workflowId: workflowIds.inbox(ref.inboxId),
          taskQueue: queue,
          args: [ref],
          signal: stalled ? SIGNALS.stalled : SIGNALS.rowChanged,
          signalArgs: [],
          priority: fairTo(ref),
          staticSummary: `Inbox ${ref.inboxId}`,
          typedSearchAttributes: inboxAttributes(ref),
        })
      }),

    startPrivacyRequest: (ref, kind) =>
      reach(async () => {
        await client.workflow.start(
          kind === 'export' ? WORKFLOWS.exportContact : WORKFLOWS.eraseContact,
          {
            workflowId: workflowIds.privacy(ref.requestId),
            taskQueue: queue,
            args: [ref],
            workflowIdConflictPolicy: 'USE_EXISTING',
            priority: fairTo(ref),
            typedSearchAttributes: [{ key: ATTRIBUTES.accountId, value: String(ref.accountId) }],
          },
        )
      }),

    ensureCaretakers: () =>
      reach(async () => {
        for (const name of ['watchdog', 'retention'] as const) {
          await client.workflow.start(WORKFLOWS[name], {
            workflowId: workflowIds[name](),
            taskQueue: queue,
            args: [],
            workflowIdConflictPolicy: 'USE_EXISTING',
          })
        }
      }),
  }
}

/** gRPC codes of a server that is away or overloaded, as against an answer we do not like. */
const AWAY = new Set([4 /* DEADLINE_EXCEEDED */, 8 /* RESOURCE_EXHAUSTED */, 14 /* UNAVAILABLE */])

async function reach<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    if (isAway(error)) throw new TemporalUnavailable(error)
    throw error
  }
}

function isAway(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at.name === 'WorkflowUpdateRPCTimeoutOrCancelledError') return true
    if ('code' in at && typeof at.code === 'number' && AWAY.has(at.code)) return true
  }
  return false
}
