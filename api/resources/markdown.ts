// The schema of what messaging/markdown.ts makes of a message.
import type { MarkdownNode } from '../../messaging/markdown.ts'
import { Type } from '../schemas.ts'

export const MarkdownSchema = Type.Unsafe<MarkdownNode[]>({
  type: 'array',
  description:
    'The content as nodes to show: {type: text, text} | {type: br} | {type: code or pre, text} | ' +
    '{type: img, src, alt} | {type: a, href, children} | ' +
    '{type: p, strong, em, s, ul, ol or li, children}. Addresses are http, https, mailto or tel.',
  items: { type: 'object', additionalProperties: true, properties: { type: { type: 'string' } } },
})
