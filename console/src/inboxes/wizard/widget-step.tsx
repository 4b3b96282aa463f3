// A chat on a website: its name, how it looks, and the sites that may show it.
import { useLingui } from '@lingui/react/macro'
import { List } from '@mantine/core'
import { DomainsField } from '../widget/domains-field.tsx'
import { LookFields } from '../widget/look-fields.tsx'
import { StepForm, type StepProps } from './step-form.tsx'

export function WidgetStep(props: StepProps) {
  const { draft, onChange } = props
  return (
    <StepForm {...props} prepare={<Prepare />}>
      <LookFields
        name={draft.name}
        look={draft.look}
        onChange={(part) => onChange({ ...draft, look: { ...draft.look, ...part } })}
      />
      <DomainsField value={draft.domains} onChange={(domains) => onChange({ ...draft, domains })} />
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
