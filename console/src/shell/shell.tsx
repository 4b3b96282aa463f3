// The frame of every page behind the login: places, faults, and how live what it shows is.
import { useLingui } from '@lingui/react/macro'
import { ActionIcon, AppShell, Burger, Group, Menu, Text } from '@mantine/core'
import { useDisclosure, useReducedMotion } from '@mantine/hooks'
import {
  IconInbox,
  IconMessages,
  IconRobot,
  IconSettings,
  IconUser,
  IconUsers,
} from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Outlet, useNavigate } from '@tanstack/react-router'
import { api } from '../api/client.ts'
import { sessionQuery } from '../api/queries.ts'
import { LiveNotice } from '../live/live-notice.tsx'
import { useSession } from '../session/use-session.ts'
import { Faults } from './faults.tsx'
import { MenuLink } from './links.tsx'
import { Preferences } from './preferences.tsx'

export function Shell() {
  const { t } = useLingui()
  const [opened, { toggle, close }] = useDisclosure()
  const isStill = useReducedMotion()
  const { account, isAdministrator } = useSession()
  const places = [
    { to: '/inboxes', label: t`Inboxes`, Icon: IconInbox },
    { to: '/conversations', label: t`Conversations`, Icon: IconMessages },
    { to: '/contacts', label: t`Contacts`, Icon: IconUsers },
    { to: '/automations', label: t`Automations`, Icon: IconRobot },
  ] as const
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding="md"
      transitionDuration={isStill ? 0 : 200}
    >
      <a className="skip-link" href="#content">{t`Skip to the content`}</a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group wrap="nowrap">
            <Burger
              opened={opened}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={t`Menu`}
            />
            <Text fw={700} truncate>
              {account.name}
            </Text>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <Preferences />
            <PersonMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={t`Places`}>
        {places.map(({ to, label, Icon }) => (
          <MenuLink
            key={to}
            to={to}
            label={label}
            leftSection={<Icon size={20} />}
            onClick={close}
            activeProps={{ 'data-active': true, 'aria-current': 'page' } as object}
          />
        ))}
        {isAdministrator && (
          <MenuLink
            to="/settings/$section"
            params={{ section: 'agents' }}
            label={t`Settings`}
            leftSection={<IconSettings size={20} />}
            onClick={close}
          />
        )}
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <LiveNotice />
        <Faults />
        <div className="page">
          <Outlet />
        </div>
      </AppShell.Main>
    </AppShell>
  )
}

function PersonMenu() {
  const { t } = useLingui()
  const { user } = useSession()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const logout = useMutation({
    mutationFn: () => api.DELETE('/api/v1/session'),
    async onSuccess() {
      queries.clear()
      queries.setQueryData(sessionQuery.queryKey, null)
      await navigate({ to: '/login' })
    },
  })
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" size="lg" aria-label={user.name}>
          <IconUser />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{user.email}</Menu.Label>
        <Menu.Item onClick={() => navigate({ to: '/profile' })}>{t`Change password`}</Menu.Item>
        <Menu.Item onClick={() => logout.mutate()}>{t`Log out`}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
