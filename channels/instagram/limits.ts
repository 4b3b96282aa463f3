// How much one message may hold, and where a longer one is cut.
// https://developers.facebook.com/docs/messenger-platform/instagram/features/send-message

import type { ChatLimits } from '../chat.ts'

/** Instagram counts bytes of UTF-8, Messenger characters. */
const MAX_BYTES = 1_000
const MAX_CHARACTERS = 1_999

type Product = 'instagram' | 'messenger'

/** A file goes alone, one a message. */
export function limitsOf(product: Product): ChatLimits {
  const size =
    product === 'instagram'
      ? ({ text: MAX_BYTES, unit: 'bytes' } as const)
      : ({ text: MAX_CHARACTERS, unit: 'characters' } as const)
  return { ...size, textBesideFile: 0, files: 1 }
}

/** Undefined: it fits; else what the limit is. */
export function limitExceeded(product: Product, text: string): number | undefined {
  const limit = product === 'instagram' ? MAX_BYTES : MAX_CHARACTERS
  return sizeOf(product, text) > limit ? limit : undefined
}

/** Pieces that each fit, cut between words where there are any, never within a character. */
export function splitText(product: Product, text: string): string[] {
  const limit = product === 'instagram' ? MAX_BYTES : MAX_CHARACTERS
  const pieces: string[] = []
  let rest = text.trim()
  while (sizeOf(product, rest) > limit) {
    const fitting = longestFit(product, rest, limit)
    const between = fitting.search(/\s\S*$/)
    const piece = between > 0 ? fitting.slice(0, between) : fitting
    pieces.push(piece.trimEnd())
    rest = rest.slice(piece.length).trimStart()
  }
  return [...pieces, rest].filter(Boolean)
}

const sizeOf = (product: Product, text: string) =>
  product === 'instagram' ? Buffer.byteLength(text) : [...text].length

/** What a reader sees as one character stays whole: an emoji may be several code points. */
const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

function longestFit(product: Product, text: string, limit: number): string {
  let [end, size] = [0, 0]
  for (const { segment, index } of GRAPHEMES.segment(text)) {
    size += sizeOf(product, segment)
    if (size > limit) break
    end = index + segment.length
  }
  // One that is larger than a whole message has to be cut all the same.
  return text.slice(0, end || limit / 4)
}
