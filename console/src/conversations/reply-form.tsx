// An answer or a private note, with files.
import { useLingui } from '@lingui/react/macro'
import {
  Button,
  Card,
  CloseButton,
  FileButton,
  Group,
  SegmentedControl,
  Text,
  Textarea,
} from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, at, dataOf, here } from '../api/client.ts'
import { inboxesQuery } from '../api/queries.ts'
import type { Conversation } from '../api/shapes.ts'
import { FailureNote } from '../shell/failure-note.tsx'

type Kind = 'answer' | 'note'

export function ReplyForm({ conversation }: { conversation: Conversation }) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const [kind, setKind] = useState<Kind>('answer')
  const [content, setContent] = useState('')
  const [files, setFiles] = useState<File[]>([])
  // Kept until the message is in: whoever presses twice sends once.
  const [key, setKey] = useState(() => crypto.randomUUID())
  const send = useMutation({
    meta: { shown: true },
    async mutationFn() {
      const attachments = await Promise.all(files.map(upload))
      return dataOf(
        api.POST('/api/v1/accounts/{account_id}/conversations/{id}/messages', {
          params: at(conversation.id),
          headers: { 'idempotency-key': key },
          body: {
            content,
            private: kind === 'note',
            attachments,
            cc: [],
            bcc: [],
            reply_all: false,
          },
        }),
      )
    },
    async onSuccess() {
      setContent('')
      setFiles([])
      setKey(crypto.randomUUID())
      await queries.invalidateQueries({ queryKey: ['conversations', conversation.id] })
    },
  })
  const label = kind === 'answer' ? t`Answer` : t`Private note`
  return (
    <Card
      withBorder
      component="form"
      onSubmit={(event) => {
        event.preventDefault()
        send.mutate()
      }}
    >
      <SegmentedControl
        aria-label={t`What to write`}
        mb="sm"
        value={kind}
        onChange={(value) => setKind(value as Kind)}
        data={[
          { value: 'answer', label: t`Answer` },
          { value: 'note', label: t`Private note` },
        ]}
      />
      {kind === 'answer' && <Obstacle conversation={conversation} />}
      <FailureNote error={send.error} />
      <Textarea
        label={label}
        autosize
        minRows={4}
        maxRows={16}
        maxLength={150_000}
        value={content}
        onChange={(event) => {
          setContent(event.currentTarget.value)
          // Another text is another message.
          if (send.isError) setKey(crypto.randomUUID())
        }}
        onKeyDown={(event) => {
          const sends = event.key === 'Enter' && (event.ctrlKey || event.metaKey)
          if (sends && !event.nativeEvent.isComposing && !send.isPending) send.mutate()
        }}
      />
      {files.map((file, index) => (
        <Group key={`${file.name} ${file.lastModified}`} gap="xs">
          <Text size="sm">{file.name}</Text>
          <CloseButton
            size="sm"
            aria-label={t`Remove ${file.name}`}
            onClick={() => setFiles(files.filter((_, at) => at !== index))}
          />
        </Group>
      ))}
      <Group justify="space-between" mt="sm">
        <FileButton multiple onChange={(more) => setFiles([...files, ...more])}>
          {(props) => (
            <Button variant="default" {...props}>
              {t`Attach files`}
            </Button>
          )}
        </FileButton>
        <Button
          type="submit"
          loading={send.isPending}
          disabled={content.trim() === '' && files.length === 0}
        >
          {kind === 'answer' ? t`Send` : t`Save the note`}
        </Button>
      </Group>
    </Card>
  )
}

/** Why an answer would wait, said before it is written. */
function Obstacle({ conversation }: { conversation: Conversation }) {
  const { t } = useLingui()
  const { data: inboxes = [] } = useQuery(inboxesQuery)
  const inbox = inboxes.find(({ id }) => id === conversation.inbox_id)
  if (inbox === undefined || inbox.health.send.status === 'ok') return null
  return (
    <Text size="sm" mb="sm" role="status">
      {t`${inbox.name} cannot send at the moment: your answer waits and goes out afterwards.`}
    </Text>
  )
}

async function upload(file: File): Promise<string> {
  const { id } = await dataOf(
    api.POST('/api/v1/accounts/{account_id}/uploads', {
      params: here(),
      body: { file: file as never },
      bodySerializer() {
        const form = new FormData()
        form.append('file', file)
        return form
      },
    }),
  )
  return id
}
