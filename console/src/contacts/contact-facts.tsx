// By what a contact is known.
import { useLingui } from '@lingui/react/macro'
import { Group, Stack, Text } from '@mantine/core'
import type { Contact } from '../api/shapes.ts'

/** @param more further facts, each a name and a value */
export function ContactFacts(props: { contact: Contact; more?: [string, unknown][] }) {
  const { t } = useLingui()
  const { contact, more = [] } = props
  const facts: [string, unknown][] = [
    [t`E-mail`, contact.email],
    [t`Phone`, contact.phone_number],
    [t`Identifier`, contact.identifier],
    ...more,
  ]
  const known = facts.filter(([, value]) => value !== null && value !== undefined && value !== '')
  return (
    <Stack gap={4}>
      {known.map(([name, value]) => (
        <Group key={name} gap="xs" wrap="nowrap" align="flex-start">
          <Text size="sm" c="var(--muted)">
            {name}
          </Text>
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {String(value)}
          </Text>
        </Group>
      ))}
      {known.length === 0 && (
        <Text size="sm" c="var(--muted)">{t`Neither address nor number is known.`}</Text>
      )}
    </Stack>
  )
}
