// Finds where the tags of an HTML source end; no tree is built, nothing is judged.

/** One tag, comment or declaration of an HTML source. */
export interface Tag {
  /** Lower case; empty for comments, declarations and a literal `<`. */
  name: string
  closing: boolean
  literal: boolean
  end: number
}

/**
 * Reads tags at given offsets of `html`. Once a quote was searched up to the end in vain none is
 * searched again, which keeps all reads of a hostile input together linear.
 */
export function createTagReader(html: string) {
  let quotesUsable = true
  const nothing = (end: number, literal = false): Tag => ({
    name: '',
    closing: false,
    literal,
    end,
  })

  function tagEnd(from: number): number {
    const plain = html.indexOf('>', from)
    if (plain === -1) return html.length
    if (!quotesUsable) return plain + 1
    for (let i = from; i < html.length; i++) {
      const c = html.charCodeAt(i)
      if (c === 62) return i + 1
      // Only a quote that opens an attribute value hides a `>`.
      if ((c === 34 || c === 39) && opensValue(html, i)) {
        const close = html.indexOf(html[i]!, i + 1)
        if (close === -1) break
        i = close
      }
    }
    quotesUsable = false
    return plain + 1
  }

  return {
    read(open: number): Tag {
      const c = html.charCodeAt(open + 1)
      if (c === 33 || c === 63) {
        if (!html.startsWith('<!--', open)) return nothing(tagEnd(open + 2))
        const close = html.indexOf('-->', open + 4)
        return nothing(close === -1 ? html.length : close + 3)
      }
      const closing = c === 47
      const start = closing ? open + 2 : open + 1
      let end = start
      while (isNamePart(html.charCodeAt(end))) end++
      if (end === start) return nothing(open + 1, true)
      return {
        name: html.slice(start, end).toLowerCase(),
        closing,
        literal: false,
        end: tagEnd(end),
      }
    },
    skipRaw(name: string, from: number): number {
      const close = new RegExp(`</${name}[\\s>/]`, 'gi')
      close.lastIndex = from
      const match = close.exec(html)
      return match === null ? html.length : tagEnd(match.index + 2)
    },
  }
}

function opensValue(html: string, quote: number): boolean {
  let i = quote - 1
  while (html.charCodeAt(i) === 32) i--
  return html.charCodeAt(i) === 61
}

function isNamePart(c: number): boolean {
  return (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || (c >= 48 && c <= 58)
}
