// Which channel; each with what it is for.
import { useLingui } from '@lingui/react/macro'
import { Card, Group, SimpleGrid, Text, UnstyledButton } from '@mantine/core'
import { ChannelIcon } from '../channels.tsx'

export function ChannelStep({ onChoose }: { onChoose: () => void }) {
  const { t } = useLingui()
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} mt="md">
      <UnstyledButton onClick={onChoose}>
        <Card withBorder h="100%">
          <Group wrap="nowrap">
            <ChannelIcon channel="email" />
            <div>
              <Text fw={600}>{t`E-mail, other providers`}</Text>
              <Text size="sm">{t`Any mailbox with IMAP and SMTP, by login and password.`}</Text>
            </div>
          </Group>
        </Card>
      </UnstyledButton>
    </SimpleGrid>
  )
}
