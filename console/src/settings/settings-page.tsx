// The account's own things, a section each. For administrators.
import { useLingui } from '@lingui/react/macro'
import { Tabs } from '@mantine/core'
import { useNavigate, useParams } from '@tanstack/react-router'
import { SETTINGS } from '../router.tsx'
import { useSession } from '../session/use-session.ts'
import { NotAllowed, PageHead } from '../shell/page.tsx'
import { AgentsSection } from './agents-section.tsx'
import { ApiKeysSection } from './api-keys-section.tsx'
import { AttributesSection } from './attributes-section.tsx'
import { ClaudiaSection } from './claudia-section.tsx'
import { PrivacySection } from './privacy-section.tsx'
import { TeamsSection } from './teams-section.tsx'
import { WebhooksSection } from './webhooks-section.tsx'

export function SettingsPage() {
  const { t } = useLingui()
  const navigate = useNavigate()
  const { isAdministrator } = useSession()
  const { section } = useParams({ from: '/inside/settings/$section' })
  if (!isAdministrator) return <NotAllowed />
  const labels: Record<(typeof SETTINGS)[number], string> = {
    agents: t`Agents`,
    teams: t`Teams`,
    attributes: t`Custom attributes`,
    claudia: 'ClaudIA',
    'api-keys': t`API keys`,
    webhooks: 'Webhooks',
    privacy: t`Privacy`,
  }
  return (
    <>
      <PageHead title={t`Settings`} />
      <Tabs
        value={section}
        onChange={(next) =>
          navigate({ to: '/settings/$section', params: { section: next ?? 'agents' } })
        }
        keepMounted={false}
      >
        <Tabs.List mb="md">
          {SETTINGS.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {labels[name]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="agents">
          <AgentsSection />
        </Tabs.Panel>
        <Tabs.Panel value="teams">
          <TeamsSection />
        </Tabs.Panel>
        <Tabs.Panel value="attributes">
          <AttributesSection />
        </Tabs.Panel>
        <Tabs.Panel value="claudia">
          <ClaudiaSection />
        </Tabs.Panel>
        <Tabs.Panel value="api-keys">
          <ApiKeysSection />
        </Tabs.Panel>
        <Tabs.Panel value="webhooks">
          <WebhooksSection />
        </Tabs.Panel>
        <Tabs.Panel value="privacy">
          <PrivacySection />
        </Tabs.Panel>
      </Tabs>
    </>
  )
}
