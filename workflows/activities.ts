// Every timeout and retry of an activity, and nothing else. Workflows never write a retry number.

import {
  ActivityCancellationType,
  type ActivityOptions,
  proxyActivities,
} from '@temporalio/workflow'
import type { Activities } from '../activities/index.ts'
import { TASK_QUEUES } from '../temporal/contracts.ts'

/** A cancelled workflow goes on at once; the activity hears of it by its heartbeat or NOTIFY. */
const TRY_CANCEL = ActivityCancellationType.TRY_CANCEL

/** Postgres only. It comes back within seconds, or the operator hears of it: never give up. */
const FAST: ActivityOptions = {
  taskQueue: TASK_QUEUES.sync,
  startToCloseTimeout: '30 seconds',
  retry: {
    initialInterval: '500 milliseconds',
    backoffCoefficient: 2,
    maximumInterval: '10 seconds',
  },
}

/**
 * A provider call that a person waits for. Three tries: a hiccup heals unseen, and a person gets an
 * answer within the minute or two that one is ready to wait.
 */
const PROVIDER: ActivityOptions = {
  taskQueue: TASK_QUEUES.sync,
  startToCloseTimeout: '2 minutes',
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumAttempts: 3 },
  summary: 'Proving settings at the provider, while a person waits.',
}

/**
 * The server computes only the delays that we do not give (shutdown, heartbeat timeout), from an
 * attempt number that is in the thousands where an inbox idles for months in one activity:
 * coefficient 1 keeps them at a second, so that another worker takes over at once.
 */
const FOREVER = { initialInterval: '1 second', backoffCoefficient: 1 } as const

const WATCH: ActivityOptions = {
  taskQueue: TASK_QUEUES.watch,
  // Ends itself every three hours; a day only guards against one that hangs and still beats.
  startToCloseTimeout: '1 day',
  heartbeatTimeout: '5 minutes',
  // No slot free within a minute: the inbox is polled instead.
  scheduleToStartTimeout: '60 seconds',
  retry: FOREVER,
  cancellationType: TRY_CANCEL,
  summary: 'Watching the mailbox. A growing attempt count is normal: idle cycles are retries.',
}

const POLL: ActivityOptions = {
  taskQueue: TASK_QUEUES.sync,
  startToCloseTimeout: '30 minutes',
  heartbeatTimeout: '2 minutes',
  retry: FOREVER,
  cancellationType: TRY_CANCEL,
  summary: 'Polling the mailbox. A growing attempt count is normal: idle cycles are retries.',
}

const IMPORT: ActivityOptions = {
  taskQueue: TASK_QUEUES.import,
  // Returns after five minutes of work; one slow range may add to that.
  startToCloseTimeout: '20 minutes',
  heartbeatTimeout: '1 minute',
  // A provider that is away for a night is asked every five minutes, not forgotten: each failure
  // says so itself. A worker that dies is replaced at once, also when it is the tenth in a share.
  retry: FOREVER,
  cancellationType: TRY_CANCEL,
  priority: { priorityKey: 5 },
  summary: 'Importing. Ends every five minutes, and goes on from the cursor in Postgres.',
}

const SEND: ActivityOptions = {
  taskQueue: TASK_QUEUES.send,
  // The reply to DATA alone may take ten minutes (RFC 5321 4.5.3.2.6).
  startToCloseTimeout: '20 minutes',
  heartbeatTimeout: '1 minute',
  // The activity itself gives a message up after 24 h, so the tries need no limit of their own.
  retry: { initialInterval: '5 seconds', backoffCoefficient: 2, maximumInterval: '10 minutes' },
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  summary: 'Sending the next queued message. Retries mean that the server does not take it yet.',
}

const DELIVERY: ActivityOptions = {
  taskQueue: TASK_QUEUES.automation,
  startToCloseTimeout: '30 seconds',
  // About 30 s in all: a bot that restarts gets its event, a contact does not wait for a dead one.
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumAttempts: 5 },
  summary: 'Asking the bot. After five tries the conversation goes to people.',
}

const RULE_STEP: ActivityOptions = {
  taskQueue: TASK_QUEUES.automation,
  // A relay that thinks over the body; a webhook has ten seconds.
  startToCloseTimeout: '3 minutes',
  // An endpoint that is down for a night still hears of it; a day later nobody wants to.
  scheduleToCloseTimeout: '1 day',
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '30 minutes' },
  summary: 'An action of a rule outside the house. Retries mean that nobody answers there.',
}

const WEBHOOK: ActivityOptions = {
  taskQueue: TASK_QUEUES.automation,
  startToCloseTimeout: '30 seconds',
  // The activity itself gives an event up after a day, so the tries need no limit of their own.
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '30 minutes' },
  summary: 'Telling a webhook of a conversation. Retries mean that it does not answer.',
}

const NOTICE: ActivityOptions = {
  taskQueue: TASK_QUEUES.automation,
  // A relay that thinks over the body; a webhook has ten seconds.
  startToCloseTimeout: '3 minutes',
  // An endpoint that is down over a weekend still hears of it.
  scheduleToCloseTimeout: '4 days',
  retry: { initialInterval: '5 seconds', backoffCoefficient: 2, maximumInterval: '1 hour' },
  summary: 'Telling a webhook or an administrator. Retries mean that it does not answer.',
}

const RETENTION: ActivityOptions = {
  taskQueue: TASK_QUEUES.automation,
  // Returns after five minutes of work; a sweep of many files on a slow store may take longer.
  startToCloseTimeout: '1 hour',
  heartbeatTimeout: '1 minute',
  // A storage that is away for a night is asked every five minutes.
  retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '5 minutes' },
}

export const rows = proxyActivities<Activities['rows']>(FAST)
export const automation = proxyActivities<Activities['automation']>({
  ...FAST,
  taskQueue: TASK_QUEUES.automation,
})
export const delivery = proxyActivities<Activities['delivery']>(DELIVERY)
export const ruleSteps = proxyActivities<Activities['ruleSteps']>(RULE_STEP)
export const automationSteps = proxyActivities<Activities['automationSteps']>({
  ...FAST,
  taskQueue: TASK_QUEUES.automation,
})
export const automationCalls = proxyActivities<Activities['automationCalls']>(RULE_STEP)
export const webhookRows = proxyActivities<Activities['webhookRows']>({
  ...FAST,
  taskQueue: TASK_QUEUES.automation,
})
export const webhookCalls = proxyActivities<Activities['webhookCalls']>(WEBHOOK)
export const notices = proxyActivities<Omit<Activities['notices'], 'deliverNotice'>>({
  ...FAST,
  taskQueue: TASK_QUEUES.automation,
})
export const noticeDelivery = proxyActivities<Pick<Activities['notices'], 'deliverNotice'>>(NOTICE)
export const provider = proxyActivities<Activities['provider']>(PROVIDER)
export const watching = proxyActivities<Activities['watching']>(WATCH)
export const polling = proxyActivities<Activities['polling']>(POLL)
export const importing = proxyActivities<Activities['importing']>(IMPORT)
export const sending = proxyActivities<Activities['sending']>(SEND)
export const retention = proxyActivities<Activities['retention']>({
  ...RETENTION,
  summary: 'Deleting what is not kept any longer',
})
export const privacy = proxyActivities<Activities['privacy']>({
  ...RETENTION,
  summary: 'Exporting or erasing a contact',
})
