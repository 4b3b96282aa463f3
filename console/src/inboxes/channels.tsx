// The channels by name and icon.
import { useLingui } from '@lingui/react/macro'
import {
  IconBrandGoogle,
  IconBrandInstagram,
  IconBrandWhatsapp,
  IconBrandWindows,
  IconMail,
  IconMessageCircle,
} from '@tabler/icons-react'

const ICONS: Record<string, typeof IconMail> = {
  email: IconMail,
  google: IconBrandGoogle,
  microsoft: IconBrandWindows,
  instagram: IconBrandInstagram,
  whatsapp_twilio: IconBrandWhatsapp,
  whatsapp_cloud: IconBrandWhatsapp,
  web_widget: IconMessageCircle,
}

export function useChannelNames(): Record<string, string> {
  const { t } = useLingui()
  return {
    email: t`E-mail`,
    google: t`E-mail, Google`,
    microsoft: t`E-mail, Microsoft`,
    instagram: t`Messenger and Instagram`,
    whatsapp_twilio: t`WhatsApp, Twilio`,
    whatsapp_cloud: t`WhatsApp`,
    web_widget: t`Website`,
  }
}

export function ChannelIcon({ channel }: { channel: string }) {
  const name = useChannelNames()[channel] ?? channel
  const Icon = ICONS[channel] ?? IconMail
  return <Icon role="img" aria-label={name} />
}
