// The pages that a sign-in with Facebook opens, as people choose from them.
import type { Offer, Offers } from '../../channels/channel.ts'
import type { PageSettings } from '../../channels/instagram/settings.ts'
import type { InUse, OwnedInbox } from '../../db/pages-in-use.ts'
import { type Locale, reasonText } from '../../locales/texts.ts'
import { channelKeyOf } from '../../messaging/create-inbox.ts'
import { Id, Nullable, OneOf, type Static, Type } from '../schemas.ts'

const Said = Type.Object({ code: Type.String(), message: Type.String(), remedy: Type.String() })
const MetaId = Type.String({ description: 'At Meta' })

export const LongAnswers = OneOf(
  ['refuse', 'split'] as const,
  'What becomes of an answer that is too long for one message. Default: refuse',
)

const Page = Type.Object({
  page_id: MetaId,
  name: Type.String(),
  instagram: Nullable(Type.Object({ id: MetaId, username: Type.String() })),
  inbox_id: Nullable(Type.Integer({ description: 'The inbox of this account that has it' })),
  connectable: Type.Boolean(),
  faults: Type.Array(Said),
})

export const PageOffers = Type.Object({
  status: OneOf(
    ['waiting', 'reading', 'ready', 'failed'] as const,
    '`waiting`: for somebody to sign in. `reading`: ask again in a moment',
  ),
  failure: Nullable(Said),
  declined: Type.Boolean({
    description: 'Permissions were declined; a sign-in with `ask_again` asks for them anew',
  }),
  pages: Type.Array(Page),
  uncovered: Type.Array(
    Type.Object({ inbox_id: Id, name: Type.String(), address: Type.String() }),
    {
      description:
        'Inboxes of pages that this sign-in left out although the same person connected them: ' +
        'they stop working. Sign in again and tick them',
    },
  ),
})

/** What is already connected of the offers. */
export interface InUseNow {
  accountId: number
  connected: InUse[]
  owned: OwnedInbox[]
}

export const keyOf = (pageId: string) => channelKeyOf('instagram', pageId)

export function presentOffers(
  { declined, items }: Offers,
  now: InUseNow,
  locale: Locale,
): Pick<Static<typeof PageOffers>, 'declined' | 'pages' | 'uncovered'> {
  const granted = new Set(items.map(({ key }) => keyOf(key)))
  const lost = now.owned.filter(({ channelKey }) => !granted.has(channelKey))
  return {
    declined,
    pages: items.map((offer) => presentPage(offer, now, locale)),
    uncovered: lost.map(({ inboxId, name, address }) => ({ inbox_id: inboxId, name, address })),
  }
}

function presentPage(
  offer: Offer,
  { accountId, connected }: InUseNow,
  locale: Locale,
): Static<typeof Page> {
  const { page_id, page_name, instagram_id, instagram_username } = offer.settings as PageSettings
  const used = connected.find(({ channelKey }) => channelKey === keyOf(offer.key))
  const own = used?.accountId === accountId
  const taken = used === undefined ? [] : [own ? 'page_connected_here' : 'page_connected_elsewhere']
  return {
    page_id,
    name: page_name,
    instagram:
      instagram_id === null ? null : { id: instagram_id, username: instagram_username ?? '' },
    inbox_id: own ? used.inboxId : null,
    connectable: offer.connectable && used === undefined,
    faults: [...taken, ...offer.faults].map((code) => {
      const [message, remedy] = reasonText(code, locale)
      return { code, message, remedy }
    }),
  }
}
