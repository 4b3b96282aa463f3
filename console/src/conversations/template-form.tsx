// An approved template of the provider: the only way to write to a contact whose window is over.
import { useLingui } from '@lingui/react/macro'
import { Button, Group, Paper, Select, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { templatesQuery } from '../api/queries.ts'
import type { Conversation } from '../api/shapes.ts'
import { FailureNote } from '../shell/failure-note.tsx'
import { Loading, Nothing } from '../shell/page.tsx'
import { PageFailure } from '../shell/page-failure.tsx'
import { useSend } from './use-send.ts'

export function TemplateForm({ conversation }: { conversation: Conversation }) {
  const { t } = useLingui()
  const templates = useQuery(templatesQuery(conversation.inbox_id))
  const [id, setId] = useState<string | null>(null)
  const [variables, setVariables] = useState<Record<string, string>>({})
  const { send, changed } = useSend(
    conversation,
    async () => ({
      content: '',
      private: false,
      attachments: [],
      cc: [],
      reply_all: false,
      template: { id: id ?? '', variables },
    }),
    () => {
      setId(null)
      setVariables({})
    },
  )
  if (templates.isPending) return <Loading />
  if (templates.isError) return <PageFailure error={templates.error} retry={templates.refetch} />
  if (templates.data.length === 0) {
    return (
      <Nothing title={t`The provider has no template for this number`}>
        {t`They are made and approved there, and are looked for every hour.`}
      </Nothing>
    )
  }
  const chosen = templates.data.find((one) => one.id === id)
  const names = Object.keys(chosen?.variables ?? {})
  return (
    <Stack
      component="form"
      gap="sm"
      onSubmit={(event) => {
        event.preventDefault()
        send.mutate()
      }}
    >
      <FailureNote error={send.error} />
      <Select
        label={t`Template`}
        searchable
        required
        value={id}
        data={templates.data.map((one) => ({
          value: one.id,
          label: `${one.name} (${one.language})`,
        }))}
        onChange={(next) => {
          setId(next)
          setVariables({})
          changed()
        }}
      />
      {names.map((name) => (
        <TextInput
          key={name}
          label={name}
          placeholder={chosen?.variables[name]}
          required
          maxLength={1_600}
          value={variables[name] ?? ''}
          onChange={(event) => {
            setVariables({ ...variables, [name]: event.currentTarget.value })
            changed()
          }}
        />
      ))}
      {chosen !== undefined && chosen.body !== '' && (
        <Paper withBorder p="sm">
          <Text className="message-text">{filledIn(chosen.body, variables)}</Text>
        </Paper>
      )}
      <Group justify="flex-end">
        <Button type="submit" disabled={chosen === undefined} loading={send.isPending}>
          {t`Send`}
        </Button>
      </Group>
    </Stack>
  )
}

/** As the contact will read it. */
function filledIn(body: string, variables: Record<string, string>): string {
  return body.replace(/\{\{([^{}]+)\}\}/g, (place, name: string) => variables[name.trim()] || place)
}
