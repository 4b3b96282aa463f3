// A visitor with several tabs and an agent talk while what carries their words is killed; afterwards
// both have the same transcript. Small in the tests, at full size in the chaos run.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Frame } from 'playwright-core'
import { type Random, seededRandom } from '../../scripts/sample-mails/random.ts'
import { freePort } from '../../scripts/servers/ports.ts'
import { startProxy } from '../../scripts/servers/tcp-proxy.ts'
import { startWorld } from '../e2e/world.ts'
import { builtWidget } from '../support/shared-servers.ts'
import { waitFor } from '../support/wait-for.ts'
import { bubbles, openPanel, say, sitePage, snippet } from './panel.ts'
import { openShop } from './shop.ts'

/** `stream` drops every connection of the browser; `api` and `postgres` are killed and come again. */
export type TalkFault = 'stream' | 'api' | 'postgres'

export interface TalkScenario {
  seed: number
  tabs: number
  /** What each side writes at least; both go on until the last fault is over. */
  messages: number
  faults: readonly TalkFault[]
}

export type TalkRoom = Awaited<ReturnType<typeof openTalkRoom>>

/** A site with the widget, and everything behind it as it is deployed. Call close() in afterAll. */
export async function openTalkRoom() {
  await builtWidget()
  const world = await startWorld({ env: { RATE_LIMIT: '100000' } })
  await world.startWorker()
  const port = await freePort()
  let api = await world.startApiAt(port)
  const proxy = await startProxy({ target: { port } })
  const chatUrl = `http://chat.test:${proxy.port}`
  const shop = await openShop(chatUrl)

  /** As an agent's program calls: again and again until it is answered, with one effect. */
  // biome-ignore lint/suspicious/noExplicitAny: replies are checked by the assertions
  async function call(method: string, path: string, body?: object): Promise<any> {
    const key = crypto.randomUUID()
    return waitFor(
      async () => {
        const reply = await fetch(
          `http://127.0.0.1:${port}/api/v1/accounts/${world.accountId}${path}`,
          {
            method,
            headers: {
              api_access_token: world.adminKey,
              ...(body ? { 'content-type': 'application/json', 'idempotency-key': key } : {}),
            },
            ...(body ? { body: JSON.stringify(body) } : {}),
          },
        )
        if (!reply.ok) throw new Error(`${reply.status}: ${await reply.text()}`)
        return reply.json()
      },
      { what: `an answer to ${method} ${path}` },
    )
  }

  return {
    world,
    shop,
    call,
    /** The address of a page with a new widget, and the widget's inbox. */
    async openSite(): Promise<{ address: string; inboxId: number }> {
      const { id, settings } = await call('POST', '/widgets', {
        name: 'Site',
        join_default_rules: false,
      })
      const isActive = async () => (await call('GET', `/inboxes/${id}`)).state === 'active'
      await waitFor(isActive, { what: 'the widget is active' })
      const html = sitePage(snippet(chatUrl, settings.website_token))
      return { address: shop.publish(`/${id}`, { html }), inboxId: id }
    },
    async strike(fault: TalkFault): Promise<void> {
      if (fault === 'stream') proxy.cut()
      else if (fault === 'postgres') await world.postgres.restart({ crash: true })
      else {
        await api.stop('SIGKILL')
        api = await world.startApiAt(port)
      }
    },
    async close() {
      await shop.close()
      await proxy.stop()
      await world.stop()
    },
  }
}

/** @throws Error with the seed when anything is missing, doubled or out of order on either side */
export async function talkUnderFaults(room: TalkRoom, scenario: TalkScenario): Promise<void> {
  const { seed, tabs, messages, faults } = scenario
  const random = seededRandom(seed)
  const context = await room.shop.browser()
  try {
    const { address, inboxId } = await room.openSite()
    const frames: Frame[] = []
    for (let at = 0; at < tabs; at++) {
      const page = await context.newPage()
      await page.goto(address)
      frames.push(await openPanel(page))
      if (at > 0) continue
      await say(frames[0]!, 'tab 0: begin')
      await frames[0]!.locator('[data-state=delivered]').waitFor()
    }
    const [{ id }] = (await room.call('GET', `/conversations?inbox_id=${inboxId}`)).data
    const said = ['tab 0: begin']
    let struck = 0
    const isOver = (count: number) => count > messages && struck === faults.length

    const visitor = async () => {
      for (let n = 1; !isOver(n); n++) {
        const tab = random.between(0, tabs - 1)
        const content = `tab ${tab}: ${n}`
        said.push(content)
        await frames[tab]!.page().bringToFront()
        await say(frames[tab]!, content)
        await sleep(random.between(50, 500))
      }
    }
    const agent = async () => {
      for (let n = 1; !isOver(n); n++) {
        const content = `agent: ${n}`
        said.push(content)
        await room.call('POST', `/conversations/${id}/messages`, { content })
        await sleep(random.between(50, 500))
      }
    }
    const chaos = async () => {
      for (const fault of faults) {
        await sleep(random.between(100, 1_500))
        await room.strike(fault)
        struck += 1
      }
    }
    await Promise.all([visitor(), agent(), chaos()])
    await checkTranscripts(room, id, frames, said)
  } catch (error) {
    const log = room.world.logged.slice(-15).join('\n')
    throw new Error(`seed ${seed}, ${faults}: ${(error as Error).message}\n${log}`, {
      cause: error,
    })
  } finally {
    await context.close()
  }
}

async function checkTranscripts(
  room: TalkRoom,
  id: number,
  frames: readonly Frame[],
  said: readonly string[],
): Promise<void> {
  const agents = await waitFor(
    async () => {
      const all = await agentsTranscript(room, id)
      return all.length >= said.length ? all : undefined
    },
    { what: `all ${said.length} messages at the agent's` },
  )
  const doubled = agents.filter((text, at) => agents.indexOf(text) !== at)
  if (doubled.length > 0) throw new Error(`Doubled: ${doubled}`)
  const writers = new Set(said.map(writerOf))
  for (const writer of writers) {
    const of = (list: readonly string[]) => list.filter((text) => writerOf(text) === writer).join()
    if (of(agents) !== of(said)) {
      throw new Error(`Out of order or missing, ${of(agents)} instead of ${of(said)}`)
    }
  }
  for (const [tab, frame] of frames.entries()) {
    await frame.page().bringToFront()
    await waitFor(
      async () => {
        const earlier = frame.getByRole('button', { name: 'Mensagens anteriores' })
        if (await earlier.isVisible()) await earlier.click()
        const shown = await bubbles(frame)
        if (shown.join() !== agents.join()) {
          throw new Error(`${shown.join()}\ninstead of\n${agents.join()}`)
        }
        return (await frame.locator('[data-state=sending], [data-state=failed]').count()) === 0
      },
      { what: `tab ${tab} shows what the agent sees` },
    ).catch((error) => {
      throw new Error(`${error.message}: ${error.cause}`, { cause: error })
    })
  }
}

const writerOf = (text: string) => text.split(':')[0]

/** Oldest first. */
async function agentsTranscript(room: TalkRoom, id: number): Promise<string[]> {
  const all: string[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const more: string = cursor && `&cursor=${encodeURIComponent(cursor)}`
    const page = await room.call('GET', `/conversations/${id}/messages?limit=100${more}`)
    all.push(...page.data.map(({ content }: { content: string }) => content))
    cursor = page.next_cursor
  }
  return all.reverse()
}

/** `count` faults, each kind about as often as another. */
export function drawFaults(random: Random, count: number): TalkFault[] {
  return Array.from({ length: count }, () => random.pick(['stream', 'api', 'postgres'] as const))
}
