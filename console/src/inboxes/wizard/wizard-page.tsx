// From nothing to a connected inbox: channel, connection, collaborators, done.
import { useLingui } from '@lingui/react/macro'
import { Stepper } from '@mantine/core'
import { useState } from 'react'
import { useSession } from '../../session/use-session.ts'
import { NotAllowed, PageHead } from '../../shell/page.tsx'
import { AgentsStep } from './agents-step.tsx'
import { ChannelStep } from './channel-step.tsx'
import type { Made } from './connect-inbox.ts'
import { DoneStep } from './done-step.tsx'
import { EmailStep } from './email-step.tsx'
import { FacebookStep } from './facebook-step.tsx'
import { type InboxDraft, useInboxDraft } from './inbox-draft.ts'
import { SignInStep } from './sign-in-step.tsx'
import { WhatsAppStep } from './whatsapp-step.tsx'
import { WidgetStep } from './widget-step.tsx'

const STEPS: Record<InboxDraft['channel'], typeof EmailStep> = {
  email: EmailStep,
  google: SignInStep,
  microsoft: SignInStep,
  instagram: FacebookStep,
  whatsapp_twilio: WhatsAppStep,
  whatsapp_cloud: WhatsAppStep,
  web_widget: WidgetStep,
}

export function WizardPage() {
  const { t } = useLingui()
  const { isAdministrator } = useSession()
  const [step, setStep] = useState(0)
  const [made, setMade] = useState<Made>()
  const [draft, setDraft, forget] = useInboxDraft()
  const ConnectStep = STEPS[draft.channel]
  if (!isAdministrator) return <NotAllowed />
  return (
    <>
      <PageHead title={t`Add inbox`} />
      <Stepper active={step} allowNextStepsSelect={false} maw={820}>
        <Stepper.Step label={t`Channel`}>
          <ChannelStep
            onChoose={(channel) => {
              setDraft({ ...draft, channel })
              setStep(1)
            }}
          />
        </Stepper.Step>
        <Stepper.Step label={t`Connect`}>
          <ConnectStep
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
            onDone={(result) => {
              setMade(result)
              forget()
              setStep(3)
            }}
          />
        </Stepper.Step>
        <Stepper.Step label={t`Done`}>{made && <DoneStep made={made} />}</Stepper.Step>
      </Stepper>
    </>
  )
}
