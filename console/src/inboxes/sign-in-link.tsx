// Where a person signs in at the provider: a tab of its own, so that nothing here is lost.
import { useLingui } from '@lingui/react/macro'
import { Alert, Button, Stack, Text } from '@mantine/core'
import { IconExternalLink } from '@tabler/icons-react'

/** `address`: whose sign-in it has to be; of a page anybody's who manages it. */
export function SignInLink(props: { channel: string; url: string; address?: string }) {
  const { t } = useLingui()
  const { channel, url, address } = props
  const labels: Record<string, string> = {
    google: t`Sign in with Google`,
    microsoft: t`Sign in with Microsoft`,
    instagram: t`Continue with Facebook`,
  }
  return (
    <Stack align="flex-start">
      <Text>
        {address === undefined
          ? t`The link is good for half an hour and once.`
          : t`Sign in as ${address}. The link is good for half an hour and once.`}
      </Text>
      <Alert color="yellow">
        {t`Another account that is signed in in this browser may be chosen for you. If so, sign out of it first, or open the link in a private window.`}
      </Alert>
      <Button
        component="a"
        href={url}
        target="_blank"
        rel="noreferrer"
        rightSection={<IconExternalLink size={16} aria-hidden />}
      >
        {labels[channel]}
      </Button>
      <Text size="sm">{t`This page renews itself as soon as you have signed in.`}</Text>
    </Stack>
  )
}
