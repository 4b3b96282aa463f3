// A seeded writer of odd mails: any tree of parts, any charset and encoding, and the sloppiness of real
// mailers on top. Each piece carries a mark that must be found again in what is understood.
import iconv from 'iconv-lite'
import { type Random, seededRandom } from '../../../scripts/sample-mails/random.ts'

export interface OddMail {
  raw: Buffer
  /** ASCII words, one in each text and file. */
  marks: string[]
  /** What is odd about it, for the message of a failing test. */
  oddities: string[]
}

/** The same seed writes the same mails. */
export function* oddMails(count: number, seed: number): Generator<OddMail> {
  for (let n = 0; n < count; n++) yield oddMail(seededRandom(seed * 1_000_003 + n), n)
}

interface Writer {
  random: Random
  marks: string[]
  /** Picks one way of writing; whatever is not the first is noted as an oddity. */
  odd<T>(what: string, ordinary: T, ...strange: T[]): T
}

function oddMail(random: Random, n: number): OddMail {
  const marks: string[] = []
  const oddities: string[] = []
  const strangeness = random.next() * 0.35
  const writer: Writer = {
    random,
    marks,
    odd(what, ordinary, ...strange) {
      if (!random.chance(strangeness)) return ordinary
      const picked = random.pick(strange)
      oddities.push(`${what}: ${String(picked).slice(0, 40)}`)
      return picked
    },
  }
  const root = entity(writer, 0)
  const head = [...headers(writer, n), ...root.headers].join('\r\n')
  let raw: Buffer = Buffer.concat([Buffer.from(`${head}\r\n\r\n`, 'latin1'), root.body])
  if (writer.odd('line ends', false, true)) raw = withLineFeeds(raw)
  return { raw, marks, oddities }
}

function withLineFeeds(raw: Buffer): Buffer {
  return Buffer.from(raw.toString('latin1').replaceAll('\r\n', '\n'), 'latin1')
}

const latin1 = (text: string) => Buffer.from(text).toString('latin1')

function headers({ random, odd }: Writer, n: number): string[] {
  const subject = odd(
    'subject',
    `Pedido ${n}`,
    latin1(`Reclamação ${n}`),
    `=?utf-8?Q?Or=C3=A7amento_${n}?=`,
    '=?utf-8?B?4pyF?= =?broken',
    `=?iso-8859-1?Q?a=E7=E3o?=\r\n =?iso-8859-1?Q?_${n}?=`,
    '',
    `um\0${n}`,
    'a'.repeat(3000),
  )
  const from = odd(
    'from',
    `Ana <ana${n}@x.example>`,
    `"Souza, Ana" <ana${n}@x.example>`,
    `ana${n}@x.example (Ana (da loja))`,
    '',
    `=?utf-8?Q?Jos=C3=A9?= <jose${n}@x.example>`,
    `<@r.example:ana${n}@x.example>`,
    'MAILER-DAEMON',
    `"unclosed <ana${n}@x.example>`,
  )
  const date = odd(
    'date',
    'Tue, 4 Nov 2025 10:00:00 -0300',
    'Thu, 1 Jan 1970 00:00:00 GMT',
    '4 Nov 25 10:00',
    'ontem',
    '2025-11-04T10:00:00Z',
    'Tue, 4 Nov 2999 10:00:00 -0300',
  )
  const list = [
    `From: ${from}`,
    `${odd('name', 'To', 'TO', 'to', 'To ')}: suporte@loja.example`,
    `Subject: ${subject}`,
    `Date: ${date}`,
    odd('id', `Message-ID: <${n}@x.example>`, '', 'Message-ID: <>', `Message-ID: ${n}@x.example`),
    'MIME-Version: 1.0',
    odd(
      'further',
      'X-Nothing: 1',
      'no colon here',
      ' stray continuation',
      'X: '.repeat(500),
      '\tx',
    ),
    odd('lists', 'X-Last: 1', 'References: <a@x> junk <b@x>', 'Auto-Submitted: auto-replied'),
  ].filter((line) => line !== '')
  // A continuation cannot stand first.
  return random.chance(0.3) ? [list[0]!, ...list.slice(1).reverse()] : list
}

interface Entity {
  headers: string[]
  body: Buffer
}

function entity(writer: Writer, depth: number): Entity {
  const { random } = writer
  const kind = random.next()
  if (depth < 4 && kind < (depth === 0 ? 0.7 : 0.35)) return container(writer, depth)
  if (depth > 0 && kind > 0.6) return file(writer)
  return text(writer)
}

function container(writer: Writer, depth: number): Entity {
  const { random, odd } = writer
  const subtype = random.pick(['mixed', 'alternative', 'related', 'mixed', 'signed', 'x-unknown'])
  const boundary = odd(
    'boundary',
    `b${random.token(12)}`,
    `=_${random.token(6)}'()+,-./:?`,
    `${depth}`,
  )
  const quoted = /^[\w.-]+$/.test(boundary) && random.chance(0.5) ? boundary : `"${boundary}"`
  const parts = Array.from({ length: random.between(1, 4) }, () => entity(writer, depth + 1))
  const padding = odd('padding', '', '  ', '\t')
  const chunks: Buffer[] = [
    Buffer.from(odd('preamble', '', 'This is MIME.\r\n', '\r\n\r\n'), 'latin1'),
  ]
  for (const part of parts) {
    const head = part.headers.map((line) => `${line}\r\n`).join('')
    chunks.push(Buffer.from(`--${boundary}${padding}\r\n${head}\r\n`, 'latin1'), part.body)
    chunks.push(Buffer.from('\r\n'))
  }
  const close = odd(
    'close',
    `--${boundary}--\r\n`,
    '',
    `--${boundary}--`,
    `--${boundary}--\r\nepilogue\r\n`,
  )
  chunks.push(Buffer.from(close, 'latin1'))
  const name = odd('type name', 'Content-Type', 'CONTENT-TYPE', 'content-type')
  const parameter = odd('parameter', `; boundary=${quoted}`, `;\r\n\tboundary=${quoted}; x="y;z"`)
  return { headers: [`${name}: multipart/${subtype}${parameter}`], body: Buffer.concat(chunks) }
}

const CHARSETS = [
  'utf-8',
  'iso-8859-1',
  'windows-1252',
  'utf-16le',
  'iso-2022-jp',
  'koi8-r',
  'utf-7',
]
const WORDS = ['Olá', 'pedido', 'não', 'chegou', '100%', '=3D', '.', 'From ', '--', 'a&b', '“x”']

function text(writer: Writer): Entity {
  const { random, odd, marks } = writer
  const mark = `mark${random.token(12)}`
  marks.push(mark)
  const isHtml = random.chance(0.35)
  const words = Array.from({ length: random.between(0, 30) }, () => random.pick(WORDS))
  const lines = [mark, ...words].join(random.chance(0.3) ? '\r\n' : ' ')
  const nul = odd('nul', '', '\0', '\x07\x1b')
  const content = isHtml ? `<div title="x>y">${lines}${nul}</div><p>fim` : `${lines}${nul}\r\nfim`
  const charset = random.pick(CHARSETS)
  const known = charset === 'iso-2022-jp' ? Buffer.from(content) : iconv.encode(content, charset)
  const label = odd('label', charset, `"${charset}"`, ` ${charset.toUpperCase()} `)
  const type = isHtml
    ? 'html'
    : odd('subtype', 'plain', 'plain; format=flowed', 'plain; format=flowed; delsp=yes')
  // Sixteen bits and escapes do not survive unencoded.
  const mustEncode = charset === 'utf-16le' || nul !== ''
  const encoding = random.pick(mustEncode ? ['base64'] : ['base64', 'quoted-printable', '8bit'])
  return {
    headers: [
      `Content-Type: text/${type}; charset=${label}`,
      `Content-Transfer-Encoding: ${odd('encoding', encoding, encoding.toUpperCase(), ` ${encoding} `)}`,
    ],
    body: encoded(known, encoding, writer),
  }
}

function file(writer: Writer): Entity {
  const { random, odd, marks } = writer
  const mark = `mark${random.token(12)}`
  marks.push(mark)
  const type = random.pick([
    'application/pdf',
    'image/png',
    'application/octet-stream',
    'text/calendar; method=REQUEST',
    'message/rfc822',
    'text/plain',
    'x-broken',
    'application/ms-tnef',
  ])
  const inner = type === 'message/rfc822' ? `Subject: dentro\r\n\r\n${mark}` : `${mark} bytes`
  const name = odd(
    'file name',
    `filename="nota-${random.token(3)}.pdf"`,
    "filename*0*=utf-8''or%C3%A7; filename*1=amento.pdf",
    latin1('filename="orçamento.pdf"'),
    'filename="=?utf-8?B?w6EucGRm?="',
    'filename=minha nota.pdf',
    'x=y',
    'filename="unclosed',
  )
  const encoding =
    type === 'message/rfc822' ? '7bit' : random.pick(['base64', 'quoted-printable', '8bit'])
  return {
    headers: [
      `Content-Type: ${type}`,
      `Content-Disposition: ${odd('disposition', 'attachment', 'inline', 'ATTACHMENT', 'x-odd')}; ${name}`,
      `Content-Transfer-Encoding: ${encoding}`,
      ...(random.chance(0.3) ? [`Content-ID: <${random.token(6)}@x>`] : []),
    ],
    body: encoded(Buffer.from(inner), encoding, writer),
  }
}

function encoded(bytes: Buffer, encoding: string, { random, odd }: Writer): Buffer {
  if (encoding === 'base64') {
    const width = odd('base64 width', 76, 4, 1000, 75)
    return Buffer.from(bytes.toString('base64').replace(new RegExp(`.{1,${width}}`, 'g'), '$&\r\n'))
  }
  if (encoding === 'quoted-printable') {
    const lower = random.chance(0.2)
    const hexed = (c: string) => {
      const hex = c.charCodeAt(0).toString(16).padStart(2, '0')
      return `=${lower ? hex : hex.toUpperCase()}`
    }
    const text = bytes.toString('latin1').replace(/[=\x80-\xff\0-\x08\x0b\x0e-\x1f]/g, hexed)
    return Buffer.from(text.replace(/(.{60})(?=[^\r\n=])/g, '$1=\r\n'), 'latin1')
  }
  return bytes
}
