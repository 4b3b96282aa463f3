// format=flowed (RFC 3676): soft line breaks are joined, space stuffing is undone.

/** Unwraps flowed text whose line ends are LF. `delSp` removes the space before a soft break. */
export function unwrapFlowed(text: string, delSp: boolean): string {
  const out: string[] = []
  let paragraph = ''
  let depth = -1
  const finish = () => {
    if (depth > 0) out.push(`${'>'.repeat(depth)} ${paragraph}`)
    else if (depth === 0) out.push(paragraph)
    paragraph = ''
    depth = -1
  }
  for (const line of text.split('\n')) {
    let quotes = 0
    while (line.charCodeAt(quotes) === 62) quotes++
    let content = line.slice(quotes)
    if (content.startsWith(' ')) content = content.slice(1)
    if (depth !== -1 && depth !== quotes) finish()
    if (content === '-- ') {
      finish()
      depth = quotes
      paragraph = content
      finish()
      continue
    }
    depth = quotes
    const soft = content.endsWith(' ')
    paragraph += soft && delSp ? content.slice(0, -1) : content
    if (!soft) finish()
  }
  finish()
  return out.join('\n')
}
