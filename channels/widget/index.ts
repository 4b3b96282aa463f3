// The web widget: a channel without a provider. Visitors talk to our own API (api/routes/visitor*).
import type { Channel } from '../channel.ts'
import {
  newWebsiteToken,
  type WidgetCredentials,
  type WidgetEdit,
  type WidgetSettings,
  widgetSettings,
} from './settings.ts'

export { domainRule, frameAncestors, judgeOrigin, type OriginVerdict } from './domains.ts'
export { type IdentityToken, identityHash, isIdentityHash, newIdentityToken } from './identity.ts'
export {
  isOpen,
  isTimeZone,
  newWebsiteToken,
  type PreChatField,
  type WidgetCredentials,
  type WidgetEdit,
  type WidgetSettings,
  widgetSettings,
} from './settings.ts'

/** Nothing to prove and nothing to call: what visitors write is ours at once, and so are answers. */
export function createWidget(): Channel<WidgetSettings, WidgetCredentials> {
  return {
    type: 'web_widget',
    connect: {
      kind: 'form',
      read: (form) => ({
        settings: widgetSettings({ website_token: newWebsiteToken() }, form as WidgetEdit),
        credentials: { identity_tokens: [] },
      }),
    },
  }
}
