// What a visitor will see, while it is still being chosen.
import { useLingui } from '@lingui/react/macro'
import { Box, Paper, Stack, Text, TextInput } from '@mantine/core'
import { IconMessageCircle } from '@tabler/icons-react'
import type { WidgetLook } from './widget-draft.ts'

/** Of the widget's own styles: any colour of the site goes with it. */
const INK = '#1c1f26'

interface Props {
  name: string
  look: WidgetLook
  questions: { label: string; required: boolean }[]
}

export function Preview({ name, look, questions }: Props) {
  const { t } = useLingui()
  const { welcome_title, welcome_text, colour, position } = look
  return (
    <Box component="section" aria-label={t`Preview`} maw={360}>
      <Paper withBorder radius="lg" style={{ overflow: 'hidden' }}>
        <Box p="md" bg={INK} c="white" style={{ borderBottom: `4px solid ${colour}` }}>
          <Text fw={700}>{welcome_title || name || t`Support`}</Text>
          {welcome_text && (
            <Text size="sm" className="message-text">
              {welcome_text}
            </Text>
          )}
        </Box>
        <Stack p="md" mih={160} justify="flex-end" align="stretch">
          {questions.map(({ label, required }, at) => (
            <TextInput
              // biome-ignore lint/suspicious/noArrayIndexKey: a question is its place in the list
              key={at}
              label={label || '…'}
              withAsterisk={required}
              readOnly
              tabIndex={-1}
            />
          ))}
          {questions.length > 0 ? (
            <Box bg={INK} c="white" p="xs" fw={600} ta="center" style={{ borderRadius: 12 }}>
              {t`Start`}
            </Box>
          ) : (
            <TextInput
              aria-label={t`Preview`}
              placeholder={t`Write a message`}
              readOnly
              tabIndex={-1}
            />
          )}
        </Stack>
      </Paper>
      <Box
        mt="sm"
        bg={colour}
        c="white"
        w={48}
        h={48}
        ml={position === 'right' ? 'auto' : 0}
        style={{ borderRadius: '50%', display: 'grid', placeItems: 'center' }}
        data-side={position}
      >
        <IconMessageCircle aria-hidden />
      </Box>
    </Box>
  )
}
