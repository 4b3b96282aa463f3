// The body of one sample mail: its parts, and what a reader should find in them.
import {
  type Charset,
  type Entity,
  fileEntity,
  multipart,
  type Transfer,
  textEntity,
} from './mime-writer.ts'
import type { Random } from './random.ts'
import type { Expected, SampleShape } from './shape.ts'
import { type Person, paragraphs } from './words.ts'

export interface BodyRequest {
  kind: Expected['kind']
  person: Person
  subject: string
  charset: Charset
  answered: boolean
  random: Random
  shape: Required<SampleShape>
}

export interface SampleBody {
  entity: Entity
  text: string
  attachmentNames: string[]
}

/** Composes the body; what is random in it comes from `random` alone. */
export function composeBody(request: BodyRequest): SampleBody {
  const { kind, random, shape } = request
  if (kind === 'bounce') return bounceBody(request)
  const size = shape.textBytes * (0.25 + random.next() * 1.5)
  const message = messageBody(request, fitting(paragraphs(random, size, request.person), request))
  if (kind === 'invite') return withInvite(message, request)
  return random.chance(shape.attachments) ? withFile(message, request) : message
}

// iso-8859-1 has neither dashes nor curly quotes.
function fitting(lines: string[], { charset }: BodyRequest): string[] {
  if (charset !== 'iso-8859-1') return lines
  return lines.map((line) => line.replace(/[“”]/g, '"').replace(/[–—]/g, '-'))
}

function messageBody(
  { charset, answered, random, shape }: BodyRequest,
  lines: string[],
): SampleBody {
  const transfer: Transfer = random.pick(['quoted-printable', 'quoted-printable', 'base64', '8bit'])
  const options = { charset, transfer }
  const quote = answered
    ? [
        '',
        'Em ter., 4 de nov. de 2025 às 10:00, Suporte escreveu:',
        '> Olá, como podemos ajudar?',
        '> Suporte',
      ]
    : []
  const text = [lines.join('\n\n'), ...quote].join('\n')
  const html = [
    '<html><head><style>p { margin: 0 0 1em } .q { color: #555 }</style></head><body>',
    ...lines.map(
      (line) =>
        `<p style="font-family: Arial, sans-serif; font-size: 14px">${escapeHtml(line)}</p>`,
    ),
    ...quote.map((line) => `<div class="q">${escapeHtml(line)}</div>`),
    '</body></html>',
  ].join('\n')
  const draw = random.next()
  const entity =
    draw < shape.htmlOnly
      ? textEntity('html', html, options)
      : draw < shape.htmlOnly + shape.alternatives
        ? multipart('alternative', boundary(random), [
            textEntity('plain', text, options),
            textEntity('html', html, options),
          ])
        : textEntity('plain', text, options)
  return { entity, text, attachmentNames: [] }
}

function withFile(message: SampleBody, { random, shape }: BodyRequest): SampleBody {
  const [type, name] = random.pick(FILES)
  const content = bytes(Math.round(shape.attachmentBytes * (0.5 + random.next())), random)
  const file = fileEntity(type, name, content, { words: random.chance(0.3) })
  return {
    ...message,
    entity: multipart('mixed', boundary(random), [message.entity, file]),
    attachmentNames: [name],
  }
}

const FILES: [string, string][] = [
  ['application/pdf', 'Nota fiscal nº 123 – São Paulo.pdf'],
  ['application/pdf', 'comprovante.pdf'],
  ['image/jpeg', 'Produto danificado (foto à luz do dia).jpg'],
  ['image/png', 'captura.png'],
  ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'orçamento.xlsx'],
]

function withInvite(message: SampleBody, { subject, random, person }: BodyRequest): SampleBody {
  const lines = [
    ...[
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'METHOD:REQUEST',
      'BEGIN:VEVENT',
      `UID:${random.token(20)}`,
    ],
    ...[`SUMMARY:${subject}`, `ORGANIZER:mailto:${person.address}`, 'DTSTART:20261104T130000Z'],
    ...['DTEND:20261104T140000Z', 'END:VEVENT', 'END:VCALENDAR', ''],
  ]
  const calendar = textEntity('calendar', lines.join('\n'), {
    charset: 'utf-8',
    transfer: 'base64',
    format: '; method=REQUEST; name="invite.ics"',
  })
  return {
    ...message,
    entity: multipart('mixed', boundary(random), [message.entity, calendar]),
    attachmentNames: ['invite.ics'],
  }
}

function bounceBody({ random, shape }: BodyRequest): SampleBody {
  const text =
    'This is the mail system at host mx.example.net.\n\nI am sorry to have to inform you that your ' +
    'message could not\nbe delivered to one or more recipients.\n\n<cliente@example.org>: user unknown\n'
  const status =
    'Reporting-MTA: dns; mx.example.net\r\n\r\nFinal-Recipient: rfc822; cliente@example.org\r\n' +
    'Action: failed\r\nStatus: 5.1.1\r\n'
  const original =
    `From: <${shape.inbox}>\r\nTo: <cliente@example.org>\r\nSubject: Pedido\r\n` +
    `Message-ID: <${random.token(20)}@loja.example>\r\n\r\nOlá.\r\n`
  const entity = multipart('report; report-type=delivery-status', boundary(random), [
    textEntity('plain', text, { charset: 'utf-8', transfer: '8bit' }),
    { headers: ['Content-Type: message/delivery-status'], body: Buffer.from(status) },
    { headers: ['Content-Type: message/rfc822'], body: Buffer.from(original) },
  ])
  return { entity, text, attachmentNames: ['delivery-status.txt', 'Pedido.eml'] }
}

function boundary(random: Random): string {
  return `----=_Part_${random.token(18)}`
}

let pool: Buffer | undefined

// Slices of one noisy megabyte: drawing every byte anew would cost more than parsing it.
function bytes(size: number, random: Random): Buffer {
  if (pool === undefined) {
    pool = Buffer.allocUnsafe(1 << 20)
    let state = 7
    for (let i = 0; i < pool.length; i++) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
      pool[i] = state >>> 16
    }
  }
  const length = Math.min(size, pool.length)
  const from = random.between(0, pool.length - length)
  return pool.subarray(from, from + length)
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
