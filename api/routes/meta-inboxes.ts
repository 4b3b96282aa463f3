// Who answers the contacts of a page.
import { listReceivers, type SeenReceiver } from '../../db/receivers.ts'
import { filled, reasonText } from '../../locales/texts.ts'
import { ADMINS, callerOf } from '../auth.ts'
import type { App, Deps } from '../context.ts'
import { localeOf } from '../errors.ts'
import { ownInbox } from '../own-inbox.ts'
import { AsText, ItemParams, Nullable, OneOf, replies, Time, Type } from '../schemas.ts'

const PRODUCTS = ['instagram', 'messenger'] as const
const PRODUCT_NAMES = { instagram: 'Instagram', messenger: 'Messenger' }
const Receiver = Type.Object({
  product: OneOf(PRODUCTS),
  receiver: OneOf(
    ['ours', 'other', 'unknown'] as const,
    'From what webhooks have shown: no call of Meta’s tells it',
  ),
  message: Type.String(),
  remedy: Type.String(),
  evidence: Nullable(Type.String({ description: 'What showed it, in Meta’s words' })),
  seen_at: Nullable(Time),
})

export function metaInboxRoutes(app: App, deps: Deps): void {
  app.get(
    '/inboxes/:id/receivers',
    {
      config: ADMINS,
      schema: {
        tags: ['inboxes'],
        summary: 'Who receives the messages of a page, Instagram and Messenger separately',
        description: 'Empty for inboxes of other channels.',
        params: ItemParams,
        response: replies(200, Type.Object({ data: Type.Array(Receiver) })),
      },
    },
    async (request) => {
      const { accountId } = callerOf(request)
      const inbox = await ownInbox(deps.db, request)
      if (inbox.channel !== 'instagram') return { data: [] }
      const seen = await listReceivers(deps.db, accountId, inbox.id)
      const data = PRODUCTS.map((product) => {
        const last = seen.find((one) => one.product === product)
        const receiver = receiverOf(last, deps.config.meta?.appId)
        const [message, steps] = reasonText(`receiver_${receiver}`, localeOf(request))
        const names = { product: PRODUCT_NAMES[product], app: deps.config.meta?.appName ?? '' }
        const seenAt = AsText(last?.seenAt ?? null)
        return {
          product,
          receiver,
          message,
          remedy: filled(steps, names),
          evidence: last?.evidence ?? null,
          seen_at: seenAt,
        }
      })
      return { data }
    },
  )
}

function receiverOf(
  last: SeenReceiver | undefined,
  appId: string | undefined,
): 'ours' | 'other' | 'unknown' {
  if (last === undefined) return 'unknown'
  return last.owner === 'us' || last.owner === appId ? 'ours' : 'other'
}
