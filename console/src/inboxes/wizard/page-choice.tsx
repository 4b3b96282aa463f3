// Which of the pages that a sign-in opens; those that cannot be connected say why.
import { Plural, useLingui } from '@lingui/react/macro'
import { Alert, Radio, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { FacebookPage, FacebookSignIn } from '../../api/shapes.ts'

/** From so many on people want to search. */
const MANY = 10

export function PageChoice(props: {
  signIn: FacebookSignIn
  chosen: string
  onChoose: (page: FacebookPage) => void
}) {
  const { t } = useLingui()
  const { signIn, chosen, onChoose } = props
  const [wanted, setWanted] = useState('')
  const shown = signIn.pages.filter((page) => namesOf(page).includes(wanted.toLowerCase()))
  return (
    <>
      <Uncovered signIn={signIn} />
      {signIn.pages.length > MANY && (
        <TextInput
          label={t`Find a page`}
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
      )}
      <Radio.Group
        label={t`Page to connect`}
        required
        value={chosen}
        onChange={(id) => {
          const page = signIn.pages.find(({ page_id }) => page_id === id)
          if (page) onChoose(page)
        }}
      >
        <Stack gap="sm" mt="xs">
          {shown.map((page) => (
            <Radio
              key={page.page_id}
              value={page.page_id}
              disabled={!page.connectable}
              label={page.instagram ? `${page.name} · @${page.instagram.username}` : page.name}
              description={<Faults page={page} />}
            />
          ))}
        </Stack>
      </Radio.Group>
    </>
  )
}

const namesOf = ({ name, instagram }: FacebookPage) =>
  `${name} @${instagram?.username ?? ''}`.toLowerCase()

function Faults({ page }: { page: FacebookPage }) {
  return page.faults.map(({ code, message, remedy }) => (
    <Text key={code} size="sm" c="var(--mantine-color-text)" span display="block">
      {message} {remedy}
    </Text>
  ))
}

function Uncovered({ signIn: { uncovered } }: { signIn: FacebookSignIn }) {
  const { t } = useLingui()
  if (uncovered.length === 0) return null
  const names = uncovered.map(({ name, address }) => `${name} (${address})`).join(', ')
  return (
    <Alert
      color="red"
      title={
        <Plural
          value={uncovered.length}
          one="A connected page was left out"
          other="# connected pages were left out"
        />
      }
    >
      {t`${names}. What was left out stops receiving messages. Sign in again and tick it too.`}
    </Alert>
  )
}
