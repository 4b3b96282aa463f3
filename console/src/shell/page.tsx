// The head that every page has, and what it shows while it loads or has nothing.
import { useLingui } from '@lingui/react/macro'
import { Box, Center, Group, Loader, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'

/** @param actions what the page is mainly for, at its right */
export function PageHead({ title, actions }: { title: string; actions?: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Cloud Chat`
  }, [title])
  return (
    <Group justify="space-between" mb="md">
      <Title order={1} size="h2">
        {title}
      </Title>
      <Group gap="xs">{actions}</Group>
    </Group>
  )
}

export function Loading() {
  const { t } = useLingui()
  return (
    <Center p="xl" role="status" aria-label={t`Loading`}>
      <Loader />
    </Center>
  )
}

export function Nothing({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <Stack align="center" py="xl" gap="xs">
      <Text fw={600}>{title}</Text>
      <Box c="var(--muted)">{children}</Box>
    </Stack>
  )
}

/** The page is there, and not for this reader. */
export function NotAllowed() {
  const { t } = useLingui()
  return (
    <Nothing title={t`This page is for administrators`}>
      {t`Ask an administrator of your account to do it.`}
    </Nothing>
  )
}
