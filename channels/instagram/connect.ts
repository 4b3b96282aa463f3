// A page is connected by signing in with Facebook, which opens several: one of them becomes the inbox.

import type { NetPolicy } from '../../net/policy.ts'
import type { OAuthConnect, Offer } from '../channel.ts'
import { InvalidSettings } from '../errors.ts'
import { createMetaAccess } from '../meta/access.ts'
import { type MetaApp, NO_APP } from '../meta/app.ts'
import type { InstagramCredentials, InstagramSettings, PageSettings } from './settings.ts'
import {
  type FacebookGrant,
  type GrantedPage,
  grantedPages,
  isFatal,
  loginUrl,
  trade,
} from './sign-in.ts'

export function instagramConnect(
  app: MetaApp | null,
  policy: NetPolicy,
): OAuthConnect<InstagramSettings, FacebookGrant> {
  const access = createMetaAccess(app ?? NO_APP, policy)
  return {
    kind: 'oauth',
    configured: app !== null,
    advice: ['facebook_tick_the_page', 'facebook_keep_pages', 'facebook_choose_instagram'],
    ownerOf: (credentials) => (credentials as InstagramCredentials).user_id,

    read(form) {
      const settings = form as InstagramSettings
      // Pages come from a sign-in, and nobody types one.
      if (!settings.page_id) throw new InvalidSettings('page_id', 'sign_in_first')
      return settings
    },

    async authorizationUrl(_, { state, redirectUri, again = false }) {
      return loginUrl(access.app, { state, redirectUri, rerequest: again })
    },

    exchange: (_, { redirectUri }, code) => trade(access, code, redirectUri),

    choice: {
      missing: 'wrong_page',
      keyOf: ({ page_id }) => page_id,
      async list(grant) {
        const { userId, declined, pages } = await grantedPages(access, grant)
        return { owner: userId, declined, items: pages.map((page) => offerOf(page, userId)) }
      },
    },
  }
}

function offerOf({ id, name, token, instagram, faults }: GrantedPage, userId: string): Offer {
  const settings: PageSettings = {
    page_id: id,
    page_name: name,
    instagram_id: instagram?.id ?? null,
    instagram_username: instagram?.username ?? null,
  }
  const credentials: InstagramCredentials = { page_token: token, user_id: userId }
  return {
    key: id,
    name: instagram ? `${name} (@${instagram.username})` : name,
    settings,
    credentials,
    faults,
    connectable: !faults.some(isFatal),
  }
}
