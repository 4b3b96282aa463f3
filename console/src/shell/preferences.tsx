// Language and colours, kept in this browser.
import { useLingui } from '@lingui/react/macro'
import { ActionIcon, Group, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { IconLanguage, IconMoon, IconSun } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { chooseLocale, type Locale } from '../i18n.ts'

export function Preferences() {
  const { t, i18n } = useLingui()
  const queries = useQueryClient()
  const { setColorScheme } = useMantineColorScheme()
  const scheme = useComputedColorScheme('light')
  const other: Locale = i18n.locale === 'en' ? 'pt-BR' : 'en'
  return (
    <Group gap="xs" wrap="nowrap">
      <ActionIcon
        variant="subtle"
        size="lg"
        aria-label={other === 'en' ? 'English' : 'Português'}
        title={other === 'en' ? 'English' : 'Português'}
        onClick={async () => {
          await chooseLocale(other)
          // What the API says is in the language of its request.
          await queries.invalidateQueries()
        }}
      >
        <IconLanguage />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        size="lg"
        aria-label={scheme === 'dark' ? t`Light colours` : t`Dark colours`}
        title={scheme === 'dark' ? t`Light colours` : t`Dark colours`}
        onClick={() => setColorScheme(scheme === 'dark' ? 'light' : 'dark')}
      >
        {scheme === 'dark' ? <IconSun /> : <IconMoon />}
      </ActionIcon>
    </Group>
  )
}
