// What is searched for: asked with Enter, given up by its button or by an empty box.
import { useLingui } from '@lingui/react/macro'
import { CloseButton, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useState } from 'react'

export function SearchBox(props: {
  label: string
  placeholder: string
  value: string
  onSearch: (text: string) => void
}) {
  const { t } = useLingui()
  const { label, placeholder, value, onSearch } = props
  const [typed, setTyped] = useState(value)
  useEffect(() => setTyped(value), [value])
  return (
    <search>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          onSearch(typed.trim())
        }}
      >
        <TextInput
          label={label}
          placeholder={placeholder}
          maxLength={200}
          leftSection={<IconSearch size={16} />}
          rightSection={
            typed !== '' && (
              <CloseButton
                size="sm"
                aria-label={t`Clear the search`}
                onClick={() => {
                  setTyped('')
                  onSearch('')
                }}
              />
            )
          }
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      </form>
    </search>
  )
}
