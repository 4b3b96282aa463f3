// A message: who, when, what, its files, and how its delivery went.
import { useLingui } from '@lingui/react/macro'
import { Alert, Anchor, Badge, Button, Card, Group, List, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconLock, IconPaperclip } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api, at, dataOf } from '../api/client.ts'
import type { Message } from '../api/shapes.ts'
import { At } from '../shell/when.tsx'
import { AnsweredMessage } from './answered-message.tsx'
import { MailFrame } from './mail-frame.tsx'
import { useDeliveryWords } from './status-words.ts'
import { WithheldText } from './withheld-text.tsx'

export function MessageCard({ message, author }: { message: Message; author: string }) {
  const { t } = useLingui()
  const own = message.direction === 'outgoing'
  return (
    <Card
      withBorder
      ml={own ? 'xl' : 0}
      mr={own ? 0 : 'xl'}
      bg={message.private ? 'light-dark(#fff9db, #40361c)' : undefined}
    >
      <Group justify="space-between" mb="xs">
        <Group gap="xs">
          <Text fw={600}>{author}</Text>
          {message.private && (
            <Badge
              variant="outline"
              color="gray"
              c="var(--mantine-color-text)"
              tt="none"
              leftSection={<IconLock size={12} />}
            >
              {t`Private note`}
            </Badge>
          )}
          {message.origin === 'history' && <Text size="sm" c="var(--muted)">{t`imported`}</Text>}
        </Group>
        <Text size="sm" c="var(--muted)">
          <At time={message.sent_at} />
        </Text>
      </Group>
      <AnsweredMessage message={message} />
      {message.has_html ? <MailFrame message={message} /> : <PlainText message={message} />}
      <WithheldText message={message} />
      <Files message={message} />
      {own && !message.private && <Delivery message={message} />}
    </Card>
  )
}

/** What only quotes earlier mails is folded away. */
function PlainText({ message }: { message: Message }) {
  const { t } = useLingui()
  const [open, { toggle }] = useDisclosure(false)
  const { content, quote_start } = message
  const folded = quote_start !== null && !open
  return (
    <>
      <Text component="div" className="message-text">
        {folded ? content.slice(0, quote_start).trimEnd() : content}
      </Text>
      {quote_start !== null && (
        <Button size="compact-sm" variant="subtle" onClick={toggle} aria-expanded={open}>
          {open ? t`Hide the quoted text` : t`Show the quoted text`}
        </Button>
      )}
    </>
  )
}

function Files({ message }: { message: Message }) {
  const { t, i18n } = useLingui()
  const files = message.attachments.filter(({ inline }) => !inline)
  if (files.length === 0) return null
  return (
    <List size="sm" mt="sm" icon={<IconPaperclip size={16} />}>
      {files.map((file) => (
        <List.Item key={file.id}>
          {file.url === null ? (
            <Text span size="sm">
              {file.file_name}{' '}
              {file.state === 'lost' ? t`(no longer in the mailbox)` : t`(still in the mailbox)`}
            </Text>
          ) : (
            <Anchor href={file.url} target="_blank" rel="noreferrer">
              {file.file_name}
            </Anchor>
          )}{' '}
          {i18n.number(Math.max(1, Math.round(file.size / 1024)))} KB
        </List.Item>
      ))}
    </List>
  )
}

function Delivery({ message }: { message: Message }) {
  const { t } = useLingui()
  const words = useDeliveryWords()
  const queries = useQueryClient()
  const resend = useMutation({
    mutationFn: () =>
      dataOf(
        api.POST('/api/v1/accounts/{account_id}/messages/{id}/resend', { params: at(message.id) }),
      ),
    onSuccess: () =>
      queries.invalidateQueries({ queryKey: ['conversations', message.conversation_id] }),
  })
  const { error, status } = message
  if (status !== 'failed' && status !== 'unconfirmed') {
    return (
      <Text size="sm" c="var(--muted)" ta="right">
        {words[status]}
      </Text>
    )
  }
  return (
    <Alert mt="sm" color={status === 'failed' ? 'red' : 'yellow'} title={words[status]}>
      <Text size="sm">
        {error?.message} {error?.remedy}
      </Text>
      {error?.evidence && (
        <Text size="sm" ff="monospace">
          {error.evidence}
        </Text>
      )}
      <Button size="xs" mt="xs" loading={resend.isPending} onClick={() => resend.mutate()}>
        {t`Send again`}
      </Button>
    </Alert>
  )
}
