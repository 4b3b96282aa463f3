// How a widget looks and speaks, beside what a visitor will see of it.
import { useLingui } from '@lingui/react/macro'
import { Group, Select, SimpleGrid, Stack, Textarea, TextInput } from '@mantine/core'
import { Preview } from './preview.tsx'
import type { WidgetLook } from './widget-draft.ts'

interface Props {
  /** What stands in for a title. */
  name: string
  look: WidgetLook
  questions?: { label: string; required: boolean }[]
  onChange: (part: Partial<WidgetLook>) => void
}

export function LookFields({ name, look, questions, onChange }: Props) {
  const { t } = useLingui()
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <Stack align="stretch">
        <TextInput
          label={t`Welcome title`}
          maxLength={200}
          placeholder={name}
          value={look.welcome_title}
          onChange={(event) => onChange({ welcome_title: event.currentTarget.value })}
        />
        <Textarea
          label={t`Welcome text`}
          maxLength={1000}
          autosize
          minRows={2}
          value={look.welcome_text}
          onChange={(event) => onChange({ welcome_text: event.currentTarget.value })}
        />
        <Group grow align="flex-start">
          <TextInput
            label={t`Colour`}
            type="color"
            value={look.colour}
            onChange={(event) => onChange({ colour: event.currentTarget.value.toLowerCase() })}
          />
          <Select
            label={t`Side of the page`}
            allowDeselect={false}
            value={look.position}
            data={[
              { value: 'right', label: t`Right` },
              { value: 'left', label: t`Left` },
            ]}
            onChange={(position) => onChange({ position: position as 'left' | 'right' })}
          />
        </Group>
        <Select
          label={t`Language`}
          allowDeselect={false}
          value={look.locale ?? ''}
          data={[
            { value: '', label: t`That of the page` },
            { value: 'pt-BR', label: 'Português' },
            { value: 'en', label: 'English' },
          ]}
          onChange={(locale) => onChange({ locale: (locale || null) as WidgetLook['locale'] })}
        />
      </Stack>
      <Preview name={name} look={look} questions={questions ?? []} />
    </SimpleGrid>
  )
}
