// The API of the widget's visitors: everything below /api/v1/widget.
import type { App, Deps } from '../context.ts'
import { registerVisitorAuth } from '../visitor-auth.ts'
import { visitorConversationRoutes } from './visitor-conversations.ts'
import { visitorEventRoutes } from './visitor-events.ts'
import { visitorMessageRoutes } from './visitor-messages.ts'
import { visitorSessionRoutes, visitorSessionStart } from './visitor-sessions.ts'

export async function visitorRoutes(app: App, deps: Deps): Promise<{ close(): Promise<void> }> {
  visitorSessionStart(app, deps)
  let feed: { close(): Promise<void> } | undefined
  await app.register(async (scope) => {
    const visitors = scope as unknown as App
    registerVisitorAuth(visitors, deps)
    visitorSessionRoutes(visitors, deps)
    visitorConversationRoutes(visitors, deps)
    await visitorMessageRoutes(visitors, deps)
    feed = visitorEventRoutes(visitors, deps)
  })
  return { close: async () => feed?.close() }
}
