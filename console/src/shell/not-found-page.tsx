// An address without a page.
import { useLingui } from '@lingui/react/macro'
import { Container, Stack, Text, Title } from '@mantine/core'
import { LinkButton } from './links.tsx'

export function NotFoundPage() {
  const { t } = useLingui()
  return (
    <Container component="main" size="xs" py="xl">
      <Stack align="flex-start">
        <Title order={1}>{t`There is no such page`}</Title>
        <Text>{t`The address may be old, or mistyped.`}</Text>
        <LinkButton to="/inboxes">{t`To the inboxes`}</LinkButton>
      </Stack>
    </Container>
  )
}
