// Mails that could not be read or stored: why, and what to do with each.
import { useLingui } from '@lingui/react/macro'
import { Badge, Button, Card, Code, Group, Stack, Text } from '@mantine/core'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { api, at, dataOf } from '../api/client.ts'
import { quarantineQuery } from '../api/queries.ts'
import type { Inbox, Quarantined } from '../api/shapes.ts'
import { useSession } from '../session/use-session.ts'
import { MoreButton } from '../shell/more-button.tsx'
import { Loading, Nothing } from '../shell/page.tsx'
import { PageFailure } from '../shell/page-failure.tsx'
import { At } from '../shell/when.tsx'

export function QuarantinePanel({ inbox }: { inbox: Inbox }) {
  const { t } = useLingui()
  const mails = useInfiniteQuery(quarantineQuery(inbox.id))
  if (mails.isPending) return <Loading />
  if (mails.isError) return <PageFailure error={mails.error} retry={mails.refetch} />
  const all = mails.data.pages.flatMap(({ data }) => data)
  if (all.length === 0) {
    return <Nothing title={t`Nothing is in quarantine`}>{t`Every mail could be read.`}</Nothing>
  }
  return (
    <Stack>
      {all.map((mail) => (
        <Mail key={mail.id} mail={mail} />
      ))}
      <MoreButton query={mails} />
    </Stack>
  )
}

function Mail({ mail }: { mail: Quarantined }) {
  const { t, i18n } = useLingui()
  const { isAdministrator } = useSession()
  const words: Record<Quarantined['status'], string> = {
    waiting: t`Waits for you`,
    retrying: t`Is read again`,
    stored: t`Stored`,
    dismissed: t`Left in the mailbox`,
  }
  return (
    <Card withBorder>
      <Group justify="space-between">
        <Text fw={600}>{mail.message}</Text>
        <Badge variant="light" color="gray" c="var(--mantine-color-text)" tt="none">
          {words[mail.status]}
        </Badge>
      </Group>
      <Text size="sm">{mail.remedy}</Text>
      <Text size="sm" c="var(--muted)">
        {mail.folder}, UID {mail.uid}
        {mail.size !== null && ` · ${i18n.number(Math.ceil(mail.size / 1024))} KB`} ·{' '}
        <At time={mail.created_at} />
      </Text>
      {mail.evidence !== null && <Code block>{mail.evidence}</Code>}
      {isAdministrator && mail.status !== 'stored' && <Choices mail={mail} />}
    </Card>
  )
}

function Choices({ mail }: { mail: Quarantined }) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const settle = useMutation({
    mutationFn: (verb: 'retry' | 'dismiss') =>
      dataOf(
        api.POST(`/api/v1/accounts/{account_id}/quarantine/{id}/${verb}`, { params: at(mail.id) }),
      ),
    onSuccess: () =>
      queries.invalidateQueries({ queryKey: quarantineQuery(mail.inbox_id).queryKey }),
  })
  const original = useMutation({
    mutationFn: () =>
      dataOf(
        api.POST('/api/v1/accounts/{account_id}/quarantine/{id}/original', { params: at(mail.id) }),
      ),
    // It comes as an attachment, so the page stays.
    onSuccess: ({ url }) => window.location.assign(url),
  })
  const download = (
    <Button
      size="xs"
      variant="default"
      loading={original.isPending}
      onClick={() => original.mutate()}
    >
      {t`Download the mail`}
    </Button>
  )
  if (mail.status !== 'waiting') return <Group mt="xs">{download}</Group>
  return (
    <Group mt="xs">
      <Button size="xs" loading={settle.isPending} onClick={() => settle.mutate('retry')}>
        {t`Read it again`}
      </Button>
      <Button
        size="xs"
        variant="default"
        loading={settle.isPending}
        onClick={() => settle.mutate('dismiss')}
      >
        {t`Leave it in the mailbox`}
      </Button>
      {download}
    </Group>
  )
}
