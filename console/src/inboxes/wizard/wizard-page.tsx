// From nothing to a connected inbox: channel, connection, collaborators, done.
import { useLingui } from '@lingui/react/macro'
import { Stepper } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useSession } from '../../session/use-session.ts'
import { NotAllowed, PageHead } from '../../shell/page.tsx'
import { AgentsStep } from './agents-step.tsx'
import { ChannelStep } from './channel-step.tsx'
import { CloudStep } from './cloud-step.tsx'
import type { Made } from './connect-inbox.ts'
import { DoneStep } from './done-step.tsx'
import { EmailStep } from './email-step.tsx'
import { FacebookStep } from './facebook-step.tsx'
import { type InboxDraft, useInboxDraft } from './inbox-draft.ts'
import { SignInStep } from './sign-in-step.tsx'
import { TwilioStep } from './twilio-step.tsx'
import { WidgetStep } from './widget-step.tsx'

const STEPS: Record<InboxDraft['channel'], typeof EmailStep> = {
  email: EmailStep,
  google: SignInStep,
  microsoft: SignInStep,
  instagram: FacebookStep,
  whatsapp_twilio: TwilioStep,
  whatsapp_cloud: CloudStep,
  web_widget: WidgetStep,
}

export function WizardPage() {
  return <Wizard />
}

/** Its steps after the first, at an address of their own (popup-pages.ts). */
export function WhatsAppWizardPage() {
  return <Wizard chosen="whatsapp_cloud" />
}

function Wizard({ chosen }: { chosen?: 'whatsapp_cloud' }) {
  const { t } = useLingui()
  const { isAdministrator } = useSession()
  const navigate = useNavigate()
  const [step, setStep] = useState(chosen ? 1 : 0)
  const [made, setMade] = useState<Made>()
  const [kept, setDraft, forget] = useInboxDraft()
  const draft = chosen ? { ...kept, channel: chosen } : kept
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
              if (channel === 'whatsapp_cloud') void navigate({ to: '/inboxes/new/whatsapp' })
              else setStep(1)
            }}
          />
        </Stepper.Step>
        <Stepper.Step label={t`Connect`}>
          <ConnectStep
            draft={draft}
            onChange={setDraft}
            onBack={() => (chosen ? void navigate({ to: '/inboxes/new' }) : setStep(0))}
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
