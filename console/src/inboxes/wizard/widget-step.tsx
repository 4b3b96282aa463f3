// A chat on a website: its name, and the sites that may show it.
import { useLingui } from '@lingui/react/macro'
import { Alert, Button, Group, List, Stack, Textarea } from '@mantine/core'
import type { InboxDraft } from './inbox-draft.ts'
import { NameField } from './name-field.tsx'

export function WidgetStep(props: {
  draft: InboxDraft
  onChange: (draft: InboxDraft) => void
  onBack: () => void
  onNext: () => void
}) {
  const { t } = useLingui()
  const { draft, onChange, onBack, onNext } = props
  return (
    <Stack
      component="form"
      mt="md"
      align="stretch"
      onSubmit={(event) => {
        event.preventDefault()
        onNext()
      }}
    >
      <Alert color="blue" title={t`What you need`}>
        <List size="sm">
          <List.Item>{t`Somebody who can put a script into the pages of your site.`}</List.Item>
          <List.Item>
            {t`To know who your users are: a back end that signs their identifier. It is never the same for two people, or all of them become one contact.`}
          </List.Item>
        </List>
      </Alert>
      <NameField draft={draft} onChange={onChange} />
      <Textarea
        label={t`Domain validation`}
        description={t`The sites that may show the chat, a line each: example.com, or *.example.com for its subdomains. Empty: any site.`}
        autosize
        minRows={2}
        value={draft.domains}
        onChange={(event) => onChange({ ...draft, domains: event.currentTarget.value })}
      />
      <Group justify="space-between">
        <Button variant="default" onClick={onBack}>{t`Back`}</Button>
        <Button type="submit">{t`Next`}</Button>
      </Group>
    </Stack>
  )
}
