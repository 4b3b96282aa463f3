// What stands before the login: a small form in the middle of the page.
import { Center, Group, Paper, Stack, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import { Preferences } from '../shell/preferences.tsx'

export function DoorPage(props: { title: string; onSubmit: () => void; children: ReactNode }) {
  const { title, onSubmit, children } = props
  useEffect(() => {
    document.title = `${title} · Cloud Chat`
  }, [title])
  return (
    <Center component="main" mih="100vh" p="md">
      <Paper
        component="form"
        withBorder
        p="xl"
        w="100%"
        maw={420}
        onSubmit={(event) => {
          event.preventDefault()
          onSubmit()
        }}
      >
        <Stack>
          <Group justify="space-between" wrap="nowrap">
            <Title order={1} size="h3">
              {title}
            </Title>
            <Preferences />
          </Group>
          {children}
        </Stack>
      </Paper>
    </Center>
  )
}
