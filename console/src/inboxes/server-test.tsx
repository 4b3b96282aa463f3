// Trying one server before anything is stored: every stage, in the server's own words.
import { useLingui } from '@lingui/react/macro'
import { Alert, Button, Code, List, Stack, Text, ThemeIcon } from '@mantine/core'
import { IconCheck, IconX } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { api, dataOf, here } from '../api/client.ts'
import type { Preflight } from '../api/shapes.ts'
import { FailureNote } from '../shell/failure-note.tsx'
import { type ServerForm, serverBody } from './server-fields.tsx'

type Stage = Preflight['stages'][number]

export function ServerTest(props: { kind: 'imap' | 'smtp'; address: string; form: ServerForm }) {
  const { t } = useLingui()
  const { kind, address, form } = props
  const attempt = useMutation({
    meta: { shown: true },
    mutationFn: () =>
      dataOf(
        api.POST('/api/v1/accounts/{account_id}/inboxes/preflight', {
          params: here(),
          body: {
            address,
            imap: kind === 'imap' ? serverBody('imap', form) : null,
            smtp: kind === 'smtp' ? serverBody('smtp', form) : null,
          },
        }),
      ),
  })
  const ready = address !== '' && form.host !== '' && form.password !== ''
  return (
    <Stack gap="sm" mt="md" align="stretch">
      <Button
        variant="default"
        disabled={!ready}
        loading={attempt.isPending}
        onClick={() => attempt.mutate()}
      >
        {kind === 'imap' ? t`Test receiving` : t`Test sending`}
      </Button>
      <div aria-live="polite">
        <FailureNote error={attempt.error} />
        {attempt.data && <Outcome result={attempt.data} />}
      </div>
    </Stack>
  )
}

function Outcome({ result }: { result: Preflight }) {
  const { t } = useLingui()
  return (
    <Alert
      color={result.ok ? 'green' : 'red'}
      title={result.ok ? t`It works` : t`It does not work yet`}
    >
      <List spacing="xs">
        {result.stages.map((stage) => (
          <List.Item key={stage.stage} icon={<StageIcon ok={stage.ok} />}>
            <StageText stage={stage} />
          </List.Item>
        ))}
      </List>
    </Alert>
  )
}

function StageIcon({ ok }: { ok: boolean }) {
  return (
    <ThemeIcon size={20} radius="xl" color={ok ? 'green' : 'red'}>
      {ok ? <IconCheck size={14} aria-label="OK" /> : <IconX size={14} aria-label="X" />}
    </ThemeIcon>
  )
}

function StageText({ stage }: { stage: Stage }) {
  const { t } = useLingui()
  return (
    <>
      <Text fw={600}>{stage.stage.replaceAll('_', ' ').toUpperCase()}</Text>
      {stage.reason && (
        <Text size="sm">
          {stage.reason.message} {stage.reason.remedy}
        </Text>
      )}
      {stage.evidence !== null && <Code block>{stage.evidence}</Code>}
      {stage.likely_causes.length > 0 && (
        <>
          <Text size="sm" mt="xs">{t`What may lie behind it:`}</Text>
          <List size="sm">
            {stage.likely_causes.map(({ code, message, remedy }) => (
              <List.Item key={code}>
                {message} {remedy}
              </List.Item>
            ))}
          </List>
        </>
      )}
    </>
  )
}
