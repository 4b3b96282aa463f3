// A chat on a website: its name, and the sites that may show it.
import { useLingui } from '@lingui/react/macro'
import { List, Textarea } from '@mantine/core'
import { StepForm, type StepProps } from './step-form.tsx'

export function WidgetStep(props: StepProps) {
  const { t } = useLingui()
  const { draft, onChange } = props
  return (
    <StepForm {...props} prepare={<Prepare />}>
      <Textarea
        label={t`Domain validation`}
        description={t`The sites that may show the chat, a line each: example.com, or *.example.com for its subdomains. Empty: any site.`}
        autosize
        minRows={2}
        value={draft.domains}
        onChange={(event) => onChange({ ...draft, domains: event.currentTarget.value })}
      />
    </StepForm>
  )
}

function Prepare() {
  const { t } = useLingui()
  return (
    <List size="sm">
      <List.Item>{t`Somebody who can put a script into the pages of your site.`}</List.Item>
      <List.Item>
        {t`To know who your users are: a back end that signs their identifier. It is never the same for two people, or all of them become one contact.`}
      </List.Item>
    </List>
  )
}
