// Who receives the messages of a page, as far as anything has shown it: Messenger and Instagram.
import { useLingui } from '@lingui/react/macro'
import { Badge, Card, Group, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { receiversQuery } from '../api/queries.ts'
import type { Receiver } from '../api/shapes.ts'
import { useSession } from '../session/use-session.ts'
import { At } from '../shell/when.tsx'

export function ReceiversCard({ inboxId }: { inboxId: number }) {
  const { t } = useLingui()
  const { isAdministrator } = useSession()
  const { data = [] } = useQuery({ ...receiversQuery(inboxId), enabled: isAdministrator })
  if (data.length === 0) return null
  return (
    <Card withBorder>
      <Title order={2} size="h4">
        {t`Who receives the messages`}
      </Title>
      <Stack gap="sm" mt="xs">
        {data.map((receiver) => (
          <Product key={receiver.product} receiver={receiver} />
        ))}
      </Stack>
    </Card>
  )
}

function Product({ receiver }: { receiver: Receiver }) {
  const { t } = useLingui()
  const { product, message, remedy, evidence, seen_at } = receiver
  const words: Record<Receiver['receiver'], [label: string, color: string]> = {
    ours: [t`We do`, 'green'],
    other: [t`Another app`, 'red'],
    unknown: [t`Not known yet`, 'gray'],
  }
  const [label, color] = words[receiver.receiver]
  return (
    <div>
      <Group gap="xs">
        <Text fw={600}>{product === 'instagram' ? 'Instagram' : 'Messenger'}</Text>
        <Badge color={color} variant="light" c="var(--mantine-color-text)" tt="none">
          {label}
        </Badge>
      </Group>
      <Text size="sm">{message}</Text>
      {receiver.receiver !== 'ours' && <Text size="sm">{remedy}</Text>}
      {seen_at !== null && (
        <Text size="sm" c="var(--muted)">
          {t`Shown by`} {evidence}, <At time={seen_at} />
        </Text>
      )}
    </div>
  )
}
