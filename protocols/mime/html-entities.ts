// Character references of HTML 4, the ones mails use. Anything rarer stays as it is written.

/** Replaces `&name;`, `&#n;` and `&#xn;`; unknown names are left alone. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(
    /&(#[xX]?[0-9a-fA-F]{1,7}|[a-zA-Z]{2,8}\d{0,2});?/g,
    (whole, name: string) => {
      if (name.startsWith('#')) return numeric(name) ?? whole
      return NAMED.get(name) ?? whole
    },
  )
}

function numeric(name: string): string | undefined {
  const hex = name[1] === 'x' || name[1] === 'X'
  const code = hex ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
  if (Number.isNaN(code) || code === 0 || code > 0x10ffff) return undefined
  if (code >= 0xd800 && code <= 0xdfff) return '\ufffd'
  return String.fromCodePoint(code)
}

// U+00A0 to U+00FF in order.
const LATIN =
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn ' +
  'sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave ' +
  'Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ' +
  'ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN ' +
  'szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute ' +
  'icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml ' +
  'yacute thorn yuml'

const OTHER =
  'amp:26 lt:3c gt:3e quot:22 apos:27 OElig:152 oelig:153 Scaron:160 scaron:161 Yuml:178 fnof:192 ' +
  'circ:2c6 tilde:2dc Alpha:391 Beta:392 Gamma:393 Delta:394 Omega:3a9 alpha:3b1 beta:3b2 ' +
  'gamma:3b3 delta:3b4 epsilon:3b5 lambda:3bb mu:3bc pi:3c0 sigma:3c3 omega:3c9 ensp:2002 ' +
  'emsp:2003 thinsp:2009 zwnj:200c zwj:200d lrm:200e rlm:200f ndash:2013 mdash:2014 lsquo:2018 ' +
  'rsquo:2019 sbquo:201a ldquo:201c rdquo:201d bdquo:201e dagger:2020 Dagger:2021 bull:2022 ' +
  'hellip:2026 permil:2030 prime:2032 Prime:2033 lsaquo:2039 rsaquo:203a euro:20ac trade:2122 ' +
  'larr:2190 uarr:2191 rarr:2192 darr:2193 harr:2194 rArr:21d2 hArr:21d4 minus:2212 radic:221a ' +
  'infin:221e asymp:2248 ne:2260 le:2264 ge:2265 loz:25ca spades:2660 clubs:2663 hearts:2665 ' +
  'diams:2666 check:2713 star:2606 checkmark:2713'

const NAMED = new Map<string, string>([
  ...LATIN.split(' ').map((name, i): [string, string] => [name, String.fromCharCode(160 + i)]),
  ...OTHER.split(' ').map((pair): [string, string] => {
    const [name, code] = pair.split(':') as [string, string]
    return [name, String.fromCharCode(Number.parseInt(code, 16))]
  }),
])
