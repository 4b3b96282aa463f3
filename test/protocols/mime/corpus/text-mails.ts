// Mails whose text is the difficulty: charsets, transfer encodings, line ends, HTML.
import { MIXED, mail, type NastyMail, part } from './nasty-mail.ts'

export const textMails: NastyMail[] = [
  {
    name: 'an unknown transfer encoding',
    raw: mail('Content-Type: text/plain', 'Content-Transfer-Encoding: x-unknown', '', 'texto'),
    expected: { text: 'texto' },
    handedOver: true,
  },
  {
    name: 'LF line ends',
    raw: Buffer.from(
      mail(MIXED, '', '--mix', ...part('text/plain', 'um\r\ndois'), '--mix--', '')
        .toString('latin1')
        .replaceAll('\r\n', '\n'),
    ),
    expected: { text: 'um\ndois' },
  },
  {
    name: 'CRLF headers over an LF body',
    raw: mail('', 'um\ndois\r\ntrês'.replace('ê', '\xea')),
    expected: { text: 'um\ndois\ntrês' },
  },
  {
    name: 'format=flowed with delsp, quotes and a signature',
    raw: mail(
      'Content-Type: text/plain; format=flowed; delsp=yes',
      '',
      'uma linha par ',
      'tida',
      '  recuada',
      '> citada ',
      '> ainda',
      '-- ',
      'Ana',
    ),
    expected: { text: 'uma linha partida\n recuada\n> citadaainda\n-- \nAna' },
  },
  charset('iso-2022-kr', Buffer.from('\x1b$)C\x0e>H3g\x0f.', 'latin1'), '안녕.'),
  charset('hz-gb-2312', Buffer.from('~{Dc:C~} ok'), '你好 ok'),
  charset('utf-7', Buffer.from('Ol+AOE-'), 'Olá'),
  charset('cp850', Buffer.from([0x4f, 0x6c, 0xa0]), 'Olá'),
  charset('"Shift_JIS"', Buffer.from([0x82, 0xa0]), 'あ'),
  charset('koi8-r', Buffer.from([0xd0, 0xd2, 0xc9]), 'при'),
  charset('utf-16le', Buffer.from('Olá\ud800!', 'utf16le'), 'Olá\ufffd!'),
  charset('windows-1252', Buffer.from([0x93, 0x80, 0x94]), '“€”'),
  charset('iso-8859-1', Buffer.from([0x93, 0x80, 0x94]), '“€”'),
  charset('x-invented', Buffer.from('Olá'), 'Olá'),
  charset('base64', Buffer.from('Olá'), 'Olá'),
  charset('utf-8', Buffer.from('Ol\xe1', 'latin1'), 'Olá'),
  charset('utf-8', Buffer.from('áéíóú').subarray(0, 9), 'áéíó\ufffd'),
  charset('us-ascii', Buffer.from('a\0b'), 'ab'),
  {
    name: 'HTML alone',
    raw: mail(
      'Content-Type: text/html; charset=utf-8',
      '',
      '<head><title>t</title><style>p{}</style></head><p>Ol&aacute; &lt;mundo&gt;&nbsp;!</p><script>x="</p>"</script>',
      '<ul><li>um<li>dois</ul><a href="https://x.example/a?b=1&amp;c=2">aqui</a> <a href="https://y.example/">y.example</a>',
    ),
    expected: {
      text: 'Olá <mundo> !\n\n* um\n* dois\n\naqui (https://x.example/a?b=1&c=2) y.example',
    },
  },
  {
    name: 'base64 padded on every line, with junk',
    raw: mail('Content-Transfer-Encoding: base64', '', 'T2w=', 'w6E=', ' !!', 'LCBtdW5kbw==', ''),
    expected: { text: 'Olá, mundo' },
  },
  {
    name: 'quoted-printable with broken escapes',
    raw: mail(
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      '100=% =c3=A1 =\t',
      'sim=3',
      'x=',
    ),
    expected: { text: '100=% á sim=3\nx' },
    // White space between `=` and the line end is transport padding (RFC 2045 6.7).
    postalDiffers: true,
  },
]

function charset(name: string, bytes: Buffer, text: string): NastyMail {
  const raw = mail(
    `Content-Type: text/plain; charset=${name}`,
    'Content-Transfer-Encoding: base64',
    '',
    bytes.toString('base64'),
  )
  return { name: `charset ${name}`, raw, expected: { text } }
}
