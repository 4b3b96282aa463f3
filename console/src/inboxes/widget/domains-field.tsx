// The sites that may show a widget.
import { useLingui } from '@lingui/react/macro'
import { Textarea } from '@mantine/core'

export function DomainsField(props: { value: string; onChange: (domains: string) => void }) {
  const { t } = useLingui()
  return (
    <Textarea
      label={t`Domain validation`}
      description={t`The sites that may show the chat, a line each: example.com, or *.example.com for its subdomains. Empty: any site.`}
      autosize
      minRows={2}
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  )
}
