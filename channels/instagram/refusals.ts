// What Graph's numbers mean for a message of Instagram or Messenger.
// https://developers.facebook.com/docs/messenger-platform/error-codes

import type { GraphError } from '../../protocols/graph/graph-error.ts'
import type { Meaning } from '../meta/errors.ts'

/** Subcodes say more than codes, which several meanings share. */
const BY_SUBCODE: Record<number, string> = {
  2018278: 'window_closed',
  2534022: 'window_closed',
  2018108: 'recipient_unavailable',
  2018001: 'recipient_refused',
  2534014: 'recipient_refused',
  2018047: 'media_not_accepted',
  2018344: 'recipient_unavailable',
}
/** Another app owns the thread at the moment. */
const NOT_OWNER = new Set([2018300, 2534037])

/** Undefined: nothing that is special to messages. */
export function messagingMeaning(error: GraphError): Meaning | undefined {
  const { code, subcode } = error
  const rejected = (reason: string): Meaning => ({ kind: 'MessageRejected', reason })
  if (NOT_OWNER.has(subcode)) return rejected('other_app_answers')
  // The same number stands for a closed window in Meta's table of code 10.
  if (subcode === 1545041) return rejected(code === 10 ? 'window_closed' : 'recipient_unavailable')
  if (Object.hasOwn(BY_SUBCODE, subcode)) return rejected(BY_SUBCODE[subcode]!)
  if (code === 551) return rejected('recipient_unavailable')
  return undefined
}
