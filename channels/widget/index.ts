// The web widget: a channel without a provider. Visitors talk to our own API (api/routes/visitor*).
import type { ChannelInfo } from '../channel.ts'

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

export const widget: ChannelInfo = { type: 'web_widget' }
