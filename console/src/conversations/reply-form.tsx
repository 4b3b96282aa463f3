// An answer, a template or a private note.
import { useLingui } from '@lingui/react/macro'
import {
  Button,
  Card,
  Checkbox,
  CloseButton,
  FileButton,
  Group,
  SegmentedControl,
  Stack,
  TagsInput,
  Text,
  Textarea,
} from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, dataOf, here } from '../api/client.ts'
import { inboxesQuery } from '../api/queries.ts'
import type { Conversation, Inbox } from '../api/shapes.ts'
import { FailureNote } from '../shell/failure-note.tsx'
import { RoomLeft, useMeasured, WindowNote } from './reply-limits.tsx'
import { TemplateForm } from './template-form.tsx'
import { useSend } from './use-send.ts'

type Kind = 'answer' | 'template' | 'note'

const MAILS = ['email', 'google', 'microsoft']
const WITH_TEMPLATES = ['whatsapp_twilio', 'whatsapp_cloud']

export function ReplyForm({ conversation }: { conversation: Conversation }) {
  const { t } = useLingui()
  const { data: inboxes = [] } = useQuery(inboxesQuery)
  const [kind, setKind] = useState<Kind>('answer')
  const inbox = inboxes.find(({ id }) => id === conversation.inbox_id)
  const hasTemplates = inbox !== undefined && WITH_TEMPLATES.includes(inbox.channel)
  return (
    <Card withBorder>
      <SegmentedControl
        aria-label={t`What to write`}
        mb="sm"
        value={kind}
        onChange={(value) => setKind(value as Kind)}
        data={[
          { value: 'answer', label: t`Answer` },
          ...(hasTemplates ? [{ value: 'template', label: t`Template` }] : []),
          { value: 'note', label: t`Private note` },
        ]}
      />
      {kind !== 'note' && <Obstacle inbox={inbox} />}
      {kind === 'template' ? (
        <TemplateForm conversation={conversation} />
      ) : (
        <TextForm conversation={conversation} inbox={inbox} note={kind === 'note'} />
      )}
    </Card>
  )
}

/** What is written stays while one turns it from an answer into a note. */
function TextForm(props: { conversation: Conversation; inbox: Inbox | undefined; note: boolean }) {
  const { t } = useLingui()
  const { conversation, inbox, note } = props
  const [content, setContent] = useState('')
  const [files, setFiles] = useState<File[]>([])
  const [everybody, setEverybody] = useState(false)
  const [cc, setCc] = useState<string[]>([])
  const { send, changed } = useSend(
    conversation,
    async () => ({
      content,
      private: note,
      attachments: await Promise.all(files.map(upload)),
      cc: note ? [] : cc,
      reply_all: !note && everybody,
    }),
    () => {
      setContent('')
      setFiles([])
      setCc([])
    },
  )
  const measured = useMeasured(conversation, content, files.length)
  const empty = content.trim() === '' && files.length === 0
  const blocked = empty || (!note && measured.refused)
  const byMail = inbox !== undefined && MAILS.includes(inbox.channel)
  return (
    <Stack
      component="form"
      gap="sm"
      onSubmit={(event) => {
        event.preventDefault()
        send.mutate()
      }}
    >
      {!note && <WindowNote limits={measured.limits} />}
      <FailureNote error={send.error} />
      {!note && byMail && (
        <Group align="flex-end">
          <Checkbox
            label={t`To everybody of the last mail`}
            checked={everybody}
            onChange={(event) => setEverybody(event.currentTarget.checked)}
          />
          <TagsInput
            label={t`Copy to`}
            style={{ flexGrow: 1 }}
            maxTags={50}
            value={cc}
            onChange={setCc}
          />
        </Group>
      )}
      <Textarea
        label={note ? t`Private note` : t`Answer`}
        autosize
        minRows={4}
        maxRows={16}
        maxLength={150_000}
        value={content}
        onChange={(event) => {
          setContent(event.currentTarget.value)
          changed()
        }}
        onKeyDown={(event) => {
          const sends = event.key === 'Enter' && (event.ctrlKey || event.metaKey)
          if (sends && !event.nativeEvent.isComposing && !blocked && !send.isPending) send.mutate()
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
      <Group justify="space-between">
        <FileButton multiple onChange={(more) => setFiles([...files, ...more])}>
          {(button) => (
            <Button variant="default" {...button}>
              {t`Attach files`}
            </Button>
          )}
        </FileButton>
        <Group>
          {!note && <RoomLeft {...measured} />}
          <Button type="submit" loading={send.isPending} disabled={blocked}>
            {note ? t`Save the note` : t`Send`}
          </Button>
        </Group>
      </Group>
    </Stack>
  )
}

/** Why an answer would wait, said before it is written. */
function Obstacle({ inbox }: { inbox: Inbox | undefined }) {
  const { t } = useLingui()
  if (inbox === undefined || inbox.health.send.status === 'ok') return null
  return (
    <Text size="sm" mb="sm" role="status">
      {t`${inbox.name} cannot send at the moment: your answer waits and goes out afterwards.`}
    </Text>
  )
}

const uploads = new WeakMap<File, Promise<string>>()

/** Once per file: a message that is tried again has to be the same one. */
function upload(file: File): Promise<string> {
  const running = uploads.get(file) ?? uploadNow(file)
  uploads.set(file, running)
  running.catch(() => uploads.delete(file))
  return running
}

async function uploadNow(file: File): Promise<string> {
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
