// Which of the account's agents work in an inbox.
import { useLingui } from '@lingui/react/macro'
import { Checkbox, Stack, Text } from '@mantine/core'
import type { Agent } from '../api/shapes.ts'

export function AgentChoice(props: {
  agents: Agent[]
  chosen: string[]
  onChange: (ids: string[]) => void
  readOnly?: boolean
}) {
  const { t } = useLingui()
  const { agents, chosen, onChange, readOnly = false } = props
  return (
    <Checkbox.Group
      label={t`Collaborators`}
      description={t`They see its conversations and answer in it.`}
      value={chosen}
      onChange={onChange}
    >
      <Stack gap="xs" mt="xs">
        {agents.map((agent) => (
          <Checkbox
            key={agent.id}
            value={String(agent.id)}
            disabled={readOnly}
            label={
              <>
                {agent.name}{' '}
                <Text span size="sm" c="var(--muted)">
                  {agent.is_claudia ? t`AI agent` : agent.email}
                </Text>
              </>
            }
          />
        ))}
      </Stack>
    </Checkbox.Group>
  )
}
