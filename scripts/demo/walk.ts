// What the demo shows, in order, all of it through the API: connect, import, a live mail, ClaudIA,
// a person's answer. Each part checks what it shows and throws when it is not so.
import type { Terminal } from '../platform/terminal.ts'
import type { Agent, ApiClient, Conversation, Inbox, Message, Page } from './api-client.ts'
import type { Bot } from './claudia.ts'
import { progressBar } from './progress-bar.ts'
import { decodeWords, headerOf, type Shop } from './shop.ts'
import { until } from './waiting.ts'

interface Stage {
  stage: string
  ok: boolean
  reason: { message: string; remedy: string } | null
}

export interface Walk {
  api: ApiClient
  /** A client with another key of the same account. */
  clientOf(key: string): ApiClient
  shop: Shop
  bot: Bot
  terminal: Terminal
}

const SUBJECT = 'Qual é o horário da loja?'
const CUSTOMER = { name: 'Márcia Conceição', address: 'marcia.conceicao@cliente.example' }

/** ClaudIA's endpoint is set and her key made, as an administrator does it once. */
export async function connectClaudia({ api, clientOf, bot, terminal }: Walk): Promise<void> {
  await terminal.step('ClaudIA gets an endpoint and a key', async () => {
    const agents = await api.get<Page<Agent>>('/agents')
    const claudia = agents.data.find(({ is_claudia }) => is_claudia)!
    const { secret } = await api.put<{ secret: string }>(`/bots/${claudia.id}`, {
      endpoint: bot.endpoint,
    })
    const made = await api.post<{ key: string }>('/api_keys', {
      name: 'Reference bot',
      role: 'bot',
      user_id: claudia.id,
    })
    bot.connect(secret, clientOf(made.key))
  })
}

/** A person of the team, with a key of her own. */
export async function hireAna({ api, clientOf, terminal }: Walk): Promise<Colleague> {
  return terminal.step('An agent joins the account', async () => {
    const email = 'ana.souza@loja.example'
    const { id } = await api.post<Agent>('/agents', { name: 'Ana Souza', email, role: 'agent' })
    const wanted = { name: 'Ana', role: 'agent', user_id: id }
    const { key } = await api.post<{ key: string }>('/api_keys', wanted)
    return { id, api: clientOf(key) }
  })
}

export interface Colleague {
  id: number
  api: ApiClient
}

export async function connectInbox(walk: Walk, ana: Colleague): Promise<Inbox> {
  const { api, shop, terminal } = walk
  await terminal.step(
    'The mailbox is checked before anything is stored',
    async () => {
      const { ok, stages } = await api.post<{ ok: boolean; stages: Stage[] }>(
        '/inboxes/preflight',
        shop.form,
      )
      const failed = stages.find((stage) => !stage.ok)
      if (!ok) throw new Error(`${failed?.stage}: ${failed?.reason?.message}`)
      return stages
    },
    (stages) => stages.map(({ stage }) => stage).join(', '),
  )
  return terminal.step('The inbox is created with one call', () =>
    api.post<Inbox>('/inboxes', { name: 'Suporte', agent_ids: [ana.id], ...shop.form }),
  )
}

export async function watchImport({ api, bot, terminal }: Walk, id: number): Promise<Inbox> {
  const inbox = await until('the end of the import', async () => {
    const seen = await api.get<Inbox>(`/inboxes/${id}`)
    for (const health of [seen.health.receive, seen.health.send]) {
      if (health.status !== 'ok') throw new Error(`${health.message} (${health.evidence})`)
    }
    const done = seen.state === 'active'
    terminal.progress(progressBar(seen), done)
    return done && seen
  })
  const conversations = await everything<Conversation>(api, `/conversations?inbox_id=${id}`)
  const open = conversations.filter(({ status }) => status === 'open').length
  terminal.say(
    `  ${inbox.import?.done} mails became ${conversations.length} conversations: ${open} open, the ` +
      'older ones resolved.',
  )
  if (bot.asked.length > 0) throw new Error('ClaudIA was asked about old mail')
  terminal.say('  ClaudIA was held meanwhile, and was asked about none of them.')
  return inbox
}

export async function liveMail(walk: Walk, inboxId: number): Promise<Conversation> {
  const { api, shop, terminal } = walk
  let deliveredAt = 0
  const conversation = await terminal.step(
    `${CUSTOMER.name} writes: “${SUBJECT}”`,
    () => {
      const text = 'Vocês abrem aos sábados?\n\nObrigada,\nMárcia'
      shop.receive({ from: CUSTOMER, subject: SUBJECT, text })
      deliveredAt = Date.now()
      return until('the mail in the API', async () => {
        const latest = await api.get<Page<Conversation>>(
          `/conversations?inbox_id=${inboxId}&limit=5`,
        )
        return latest.data.find((one) => one.subject === SUBJECT)
      })
    },
    ({ display_id }) => `conversation ${display_id}, ${Date.now() - deliveredAt} ms later`,
  )
  await terminal.step('ClaudIA is asked, and answers by mail', async () => {
    const [mail] = await shop.waitForSent(1)
    if (!headerOf(mail!.raw, 'Auto-Submitted'))
      throw new Error('The answer is not marked automatic')
  })
  return conversation
}

export async function handOver(walk: Walk, { id }: Conversation): Promise<string> {
  const { api, shop, terminal } = walk
  const subject = `Re: ${SUBJECT}`
  const text = 'Prefiro falar com uma pessoa, por favor.'
  return terminal.step(
    `${CUSTOMER.name} answers: “${text}”`,
    async () => {
      const inReplyTo = bare(headerOf(shop.sent.at(-1)!.raw, 'Message-ID'))
      const customersId = shop.receive({ from: CUSTOMER, subject, text, inReplyTo })
      await shop.waitForSent(2)
      await until('the hand-off', async () => {
        const { status, assignee_id } = await api.get<Conversation>(`/conversations/${id}`)
        return status === 'open' && assignee_id === null
      })
      return customersId
    },
    () => 'same conversation, ClaudIA hands it to people',
  )
}

/** @param customersId Message-ID of the mail that is answered */
export async function personAnswers(
  { shop, terminal }: Walk,
  ana: Colleague,
  { id }: Conversation,
  customersId: string,
): Promise<void> {
  const path = `/conversations/${id}/messages`
  const content = 'Olá, Márcia! Aos sábados abrimos das 9h às 14h. Abraços, Ana'
  const reply = await terminal.step('Ana answers through the API', () =>
    ana.api.post<Message>(path, { content }),
  )
  const { mail, messages } = await terminal.step(
    'The SMTP server has it, as the answer to the right mail',
    async () => {
      const received = await shop.waitForSent(3)
      const answers = bare(headerOf(received[2]!.raw, 'In-Reply-To'))
      if (answers !== customersId) throw new Error(`In-Reply-To is ${answers}, not ${customersId}`)
      const page = await until('the status sent', async () => {
        const latest = await ana.api.get<Page<Message>>(path)
        return latest.data.some((one) => one.id === reply.id && one.status === 'sent') && latest
      })
      return { mail: received[2]!, messages: page.data.toReversed() }
    },
  )
  terminal.say()
  for (const { direction, content } of messages) {
    const arrow = direction === 'incoming' ? '→' : '←'
    terminal.say(`  ${arrow} ${content.trim().replace(/\s+/g, ' ')}`)
  }
  terminal.say()
  for (const name of ['From', 'To', 'Message-ID', 'In-Reply-To']) {
    terminal.say(`  ${name}: ${decodeWords(headerOf(mail.raw, name) ?? '')}`)
  }
}

async function everything<T>(api: ApiClient, path: string): Promise<T[]> {
  const all: T[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const more: string = cursor && `&cursor=${encodeURIComponent(cursor)}`
    const page: Page<T> = await api.get(`${path}&limit=100${more}`)
    all.push(...page.data)
    cursor = page.next_cursor
  }
  return all
}

function bare(id: string | undefined): string {
  return (id ?? '').replace(/^<|>$/g, '')
}
