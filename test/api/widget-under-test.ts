// A web widget whose onboarding is over, and visitors of it, for tests of the API alone.
import type { InjectOptions } from 'fastify'
import type { ApiUnderTest, TestAccount } from './api-under-test.ts'
import type { Told } from './told.ts'
import { widgetCalls } from './widget-calls.ts'

export interface WidgetUnderTest {
  inboxId: number
  websiteToken: string
  /** A browser with a session of its own. */
  visitor(origin?: string): Promise<Browser>
}

type Reply = Promise<{ status: number; body: Told }>

export interface Browser {
  token: string
  /** What the session began with. */
  start: Awaited<Reply>['body']
  get(path: string): Reply
  post(path: string, payload?: object): Reply
  put(path: string, payload: object): Reply
  patch(path: string, payload: object): Reply
  remove(path: string): Reply
  /** Begins a conversation; the answer's body. */
  begin(content: string, more?: object): Reply
}

export async function connectWidget(
  api: ApiUnderTest,
  account: TestAccount,
  settings: object = {},
): Promise<WidgetUnderTest> {
  const { body, status } = await api.call(account, 'POST', '/widgets', {
    payload: { name: 'Site', ...settings },
  })
  if (status !== 201) throw new Error(JSON.stringify(body))
  // What its workflow does; test/workers/widget.test.ts shows it.
  await api.db.updateTable('inboxes').set({ phase: 'active' }).where('id', '=', body.id).execute()
  const websiteToken = body.settings.website_token as string
  const { startSession, call } = widgetCalls(async (options: InjectOptions) => {
    const reply = await api.app.inject(options)
    return { status: reply.statusCode, body: reply.body === '' ? null : reply.json() }
  })
  return {
    inboxId: body.id,
    websiteToken,
    async visitor(origin = 'https://shop.example') {
      const { status: begun, body: start } = await startSession(websiteToken, origin)
      if (begun !== 200) throw new Error(JSON.stringify(start))
      const of = (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE') => {
        return (path: string, payload?: object) => call(start.token, method, path, payload)
      }
      return {
        token: start.token,
        start,
        get: of('GET'),
        post: of('POST'),
        put: of('PUT'),
        patch: of('PATCH'),
        remove: of('DELETE'),
        begin: (content, more = {}) =>
          of('POST')('/conversations', { message: { id: crypto.randomUUID(), content }, ...more }),
      }
    },
  }
}
