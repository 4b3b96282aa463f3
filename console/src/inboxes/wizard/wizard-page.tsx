// From nothing to a connected inbox: channel, connection, collaborators, done.
import { useLingui } from '@lingui/react/macro'
import { Stepper } from '@mantine/core'
import { useState } from 'react'
import type { Inbox } from '../../api/shapes.ts'
import { useSession } from '../../session/use-session.ts'
import { NotAllowed, PageHead } from '../../shell/page.tsx'
import { AgentsStep } from './agents-step.tsx'
import { ChannelStep } from './channel-step.tsx'
import { DoneStep } from './done-step.tsx'
import { useEmailDraft } from './email-draft.ts'
import { EmailStep } from './email-step.tsx'

export function WizardPage() {
  const { t } = useLingui()
  const { isAdministrator } = useSession()
  const [step, setStep] = useState(0)
  const [inbox, setInbox] = useState<Inbox>()
  const [draft, setDraft, forget] = useEmailDraft()
  if (!isAdministrator) return <NotAllowed />
  return (
    <>
      <PageHead title={t`Add inbox`} />
      <Stepper active={step} allowNextStepsSelect={false} maw={820}>
        <Stepper.Step label={t`Channel`}>
          <ChannelStep onChoose={() => setStep(1)} />
        </Stepper.Step>
        <Stepper.Step label={t`Connect`}>
          <EmailStep
            draft={draft}
            onChange={setDraft}
            onBack={() => setStep(0)}
            onNext={() => setStep(2)}
          />
        </Stepper.Step>
        <Stepper.Step label={t`Agents`}>
          <AgentsStep
            draft={draft}
            onBack={() => setStep(1)}
            onDone={(made) => {
              setInbox(made)
              forget()
              setStep(3)
            }}
          />
        </Stepper.Step>
        <Stepper.Step label={t`Done`}>{inbox && <DoneStep inbox={inbox} />}</Stepper.Step>
      </Stepper>
    </>
  )
}
