// A shop's site, the API on an address of its own, and a real browser in front of both.
import { freePort } from '../../scripts/servers/ports.ts'
import { type ApiUnderTest, startApi } from '../api/api-under-test.ts'
import { connectWidget, type WidgetUnderTest } from '../api/widget-under-test.ts'
import { builtWidget } from '../support/shared-servers.ts'
import { openShop, type Shop } from './shop.ts'

export interface Stage extends Shop {
  api: ApiUnderTest
  /** Of the API, as sites know it. */
  baseUrl: string
  connect(settings?: object): Promise<WidgetUnderTest>
  /** What an agent writes. */
  answer(conversationId: number, content: string): Promise<{ id: number }>
}

/** Call close() in afterAll. */
export async function openStage(flags: readonly string[] = []): Promise<Stage> {
  await builtWidget()
  const port = await freePort()
  const baseUrl = `http://chat.test:${port}`
  const api = await startApi({ PUBLIC_URL: baseUrl, PORT: String(port) })
  await api.app.listen({ port, host: '127.0.0.1' })
  const shop = await openShop(baseUrl, flags)
  return {
    ...shop,
    api,
    baseUrl,
    connect: (settings) => connectWidget(api, api.accounts[0], settings),
    async answer(conversationId, content) {
      const path = `/conversations/${conversationId}/messages`
      const { body } = await api.call(api.accounts[0], 'POST', path, { payload: { content } })
      return body
    },
    async close() {
      await shop.close()
      await api.stop()
    },
  }
}
