// Threads as mailers really write them: whole, cut and missing references, parents that are not there,
// mails without an id. Delivered in any order. Deterministic.
import { type Random, seededRandom } from './random.ts'

/** Small mails of many threads, in the order of delivery. */
export function threadMails(count: number, seed: number): Buffer[] {
  const random = seededRandom(seed)
  const mails: Buffer[] = []
  while (mails.length < count) mails.push(...thread(random, mails.length, count - mails.length))
  return mostlyInOrder(mails, random)
}

interface Node {
  id: string
  ancestors: string[]
  /** Never delivered: only others know of it. */
  missing: boolean
}

function thread(random: Random, at: number, most: number): Buffer[] {
  const size = Math.min(most, random.chance(0.3) ? 1 : random.between(2, 14))
  const nodes: Node[] = []
  const mails: Buffer[] = []
  while (mails.length < size) {
    const parent = nodes.length === 0 ? undefined : random.pick(nodes)
    const node = {
      id: `${random.token(14)}.${at}@x.example`,
      ancestors: parent === undefined ? [] : [...parent.ancestors, parent.id],
      missing: random.chance(0.08),
    }
    nodes.push(node)
    if (!node.missing) mails.push(written(node, random, at + mails.length))
  }
  return mails
}

function written({ id, ancestors }: Node, random: Random, n: number): Buffer {
  const parent = ancestors.at(-1)
  const referring =
    parent === undefined ? [] : random.pick([whole, whole, whole, cut, onlyParent])(ancestors)
  const lines = [
    `From: Cliente ${n % 97} <c${n % 97}@x.example>`,
    'To: suporte@loja.example',
    `Subject: Assunto ${n}`,
    `Date: ${new Date(Date.UTC(2025, 0, 1) + n * 60_000).toUTCString()}`,
    // Nobody can refer to a mail without an id, but it can refer to others.
    ...(parent !== undefined && random.chance(0.03) ? [] : [`Message-ID: <${id}>`]),
    ...referring,
    '',
    `Texto ${n}`,
    '',
  ]
  return Buffer.from(lines.join('\r\n'))
}

type Referring = (ancestors: string[]) => string[]

const bracketed = (ids: string[]) => ids.map((id) => `<${id}>`)

const whole: Referring = (ancestors) => [
  `In-Reply-To: <${ancestors.at(-1)}>`,
  `References: ${bracketed(ancestors).join('\r\n ')}`,
]

/** The first and the last three, as mailers shorten long lists. */
const cut: Referring = (ancestors) => {
  const kept = ancestors.length > 4 ? [ancestors[0]!, ...ancestors.slice(-3)] : ancestors
  return [`References: ${bracketed(kept).join(' ')}`]
}

const onlyParent: Referring = (ancestors) => [`In-Reply-To: <${ancestors.at(-1)}>`]

/** Threads overlap, and now and then an answer arrives long before what it answers. */
function mostlyInOrder(mails: Buffer[], random: Random): Buffer[] {
  return mails
    .map((mail, at) => ({
      mail,
      place: at + (random.chance(0.1) ? random.between(-2000, 2000) : random.between(-30, 30)),
    }))
    .sort((a, b) => a.place - b.place)
    .map(({ mail }) => mail)
}
