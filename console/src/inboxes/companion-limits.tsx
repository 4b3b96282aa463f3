// Which devices Meta does not mirror, before a number is connected. Afterwards the API says it.
import { useLingui } from '@lingui/react/macro'
import { Anchor, Text } from '@mantine/core'

const META_ON_DEVICES =
  'https://developers.facebook.com/docs/whatsapp/embedded-signup/custom-flows/onboarding-business-app-users/#linked-devices'

export function CompanionLimits() {
  const { t } = useLingui()
  return (
    <Text size="sm">
      {t`Messages of WhatsApp for Windows and of watches (WearOS) do not appear here, they stay on the phone. WhatsApp Web works.`}{' '}
      <Anchor
        size="sm"
        c="var(--mantine-color-text)"
        underline="always"
        href={META_ON_DEVICES}
        target="_blank"
        rel="noreferrer"
      >
        {t`What Meta says`}
      </Anchor>
    </Text>
  )
}
