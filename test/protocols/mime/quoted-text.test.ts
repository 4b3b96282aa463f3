// Where replies end, in the ways the mailers of our users write them.
import { expect, test } from 'vitest'
import { quoteStart } from '../../../protocols/mime/quoted-text.ts'

/** The reply of a text in which `¶` marks where the quote begins; it is not part of the mail. */
function split(...lines: string[]) {
  const marked = lines.join('\n')
  const text = marked.replace('¶', '')
  const at = quoteStart(text)
  return { at, wanted: marked.includes('¶') ? marked.indexOf('¶') : null }
}

test.each<[string, string[]]>([
  [
    'Gmail in Portuguese',
    [
      'Obrigada!',
      '',
      '¶Em ter., 4 de nov. de 2025 às 10:00, Suporte <s@x.example> escreveu:',
      '',
      '> Olá',
    ],
  ],
  [
    'Gmail, wrapped',
    [
      'Ok',
      '¶Em ter., 4 de nov. de 2025 às 10:00, Suporte da Loja Muito Grande <',
      'suporte@loja.example> escreveu:',
      '> Olá',
      '> de novo',
    ],
  ],
  [
    'Gmail from HTML, without marks',
    [
      'Ok',
      '',
      '¶On Tue, Nov 4, 2025 at 10:00 AM Support <s@x.example> wrote:',
      '',
      'Hello',
      'again',
    ],
  ],
  [
    'Outlook in Portuguese',
    [
      'Segue.',
      '',
      '¶De: Suporte <s@x.example>',
      'Enviada em: terça-feira, 4 de novembro de 2025 10:00',
      'Para: Ana',
      'Assunto: RE: Pedido',
      '',
      'Olá',
    ],
  ],
  [
    'Outlook with a rule above',
    ['Ok', '', '¶________________________________', 'De: S', 'Enviado: x', 'Assunto: y', '', 'Olá'],
  ],
  [
    'Outlook with bold labels',
    ['Ok', '¶*From:* Support', '*Sent:* Tuesday', '*To:* Ana', '*Subject:* Order', '', 'Hello'],
  ],
  ['old Outlook', ['Ok', '', '¶-----Mensagem original-----', 'De: S [mailto:s@x.example]', 'Olá']],
  [
    'Yahoo',
    ['Ok', '¶Em terça-feira, 4 de novembro de 2025 10:00:00 BRT, S <s@x> escreveu:', 'Olá'],
  ],
  ['Spanish', ['Vale', '¶El mar, 4 nov 2025 a las 10:00, S (<s@x>) escribió:', '> Hola']],
  ['German', ['Gut', '¶Am 04.11.2025 um 10:00 schrieb S <s@x>:', '> Hallo']],
  ['a stamp', ['Ok', '¶2025-11-04 10:00 GMT-03:00 S <s@x.example>:', '> Olá']],
  [
    'a language nobody listed',
    ['Ok', '', '¶4.11.2025 10:00, S <s@x> kirjoitti:', '> Hei', '', '> taas'],
  ],
  ['marks alone', ['Ok', '', '¶> Olá', '> tudo bem?', '']],
  ['an answer below the quote', ['Em 4/11/2025 10:00, S escreveu:', '> Olá', '', 'Ok']],
  ['answers between the quoted lines', ['> Um?', 'Sim', '> Dois?', 'Não']],
  [
    'answers between, then the rest',
    ['Em 4/11/2025 10:00, S escreveu:', '> Um?', 'Sim', '¶> Dois?'],
  ],
  ['only a quote', ['> Olá']],
  ['prose that only sounds like one', ['Em 2025 o gerente me escreveu: espere.', 'E nada.']],
  ['a letter with labels', ['De: São Paulo', 'Para: Recife', 'quero mudar a entrega']],
  ['nothing', ['']],
])('%s', (_, lines) => {
  const { at, wanted } = split(...lines)
  expect(at).toBe(wanted)
})

test('a forward keeps what it forwards; the same text as an answer does not', () => {
  const text = 'Veja abaixo.\n\nDe: A\nEnviado: hoje\nPara: B\nAssunto: Nota\n\nSegue a nota.'
  expect(quoteStart(text, 'ENC: Nota')).toBeNull()
  expect(quoteStart(text, 'Fwd: Nota')).toBeNull()
  expect(quoteStart(text, 'RES: Nota')).toBe(text.indexOf('De: A'))
})

test.each(['Em 2025 ', '> ', 'De: a\n', 'Em 10:00 escreveu:\n', '\n', '-', '*', 'On 2025 wrote'])(
  'a megabyte of %j is read',
  (unit) => {
    const text = unit.repeat(Math.ceil(2 ** 20 / unit.length))
    const at = quoteStart(text)
    expect(at === null || at <= text.length).toBe(true)
  },
)
