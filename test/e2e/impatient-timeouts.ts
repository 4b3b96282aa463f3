// Workflow interceptor for tests: a worker that was killed is noticed within seconds. Everything
// else about the activities stays as it is in production.
import type { WorkflowInterceptors } from '@temporalio/workflow'

/** How long an activity may be silent, instead of a minute or five. */
export const HEARTBEAT_TIMEOUT = '6 seconds'

export const interceptors = (): WorkflowInterceptors => ({
  outbound: [
    {
      scheduleActivity(input, next) {
        const { options } = input
        const shorter = options.heartbeatTimeout
          ? { heartbeatTimeout: HEARTBEAT_TIMEOUT }
          : { startToCloseTimeout: '8 seconds' }
        return next({ ...input, options: { ...options, ...shorter } as typeof options })
      },
    },
  ],
})
