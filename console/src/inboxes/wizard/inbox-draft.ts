// The form of a new inbox while it is filled in. It survives a reload; its secrets do not.
import { useState } from 'react'
import { EMPTY_IMAP, EMPTY_SMTP, type ServerForm } from '../server-fields.tsx'
import type { WidgetLook } from '../widget/widget-draft.ts'

export const WIZARD_CHANNELS = [
  'email',
  'google',
  'microsoft',
  'instagram',
  'whatsapp_twilio',
  'whatsapp_cloud',
  'web_widget',
] as const

/** Of the number, and of the account at Twilio or at Meta. */
export interface WhatsAppForm {
  phone_number: string
  account_sid: string
  auth_token: string
  phone_number_id: string
  waba_id: string
  access_token: string
}

export interface InboxDraft {
  channel: (typeof WIZARD_CHANNELS)[number]
  name: string
  address: string
  imap: ServerForm
  smtp: ServerForm
  whatsapp: WhatsAppForm
  /** A sign-in with Facebook, and which of its pages was chosen. */
  facebook: { sign_in_id: string; page_id: string }
  /** A number by Meta’s popup, where there is one, rather than with a token. */
  signsUp: boolean
  /** Of the sites that may show a widget, a line each. */
  domains: string
  look: WidgetLook
}

const KEPT = 'cloudchat.inbox-draft'
const EMPTY: InboxDraft = {
  channel: 'email',
  name: '',
  address: '',
  imap: EMPTY_IMAP,
  smtp: EMPTY_SMTP,
  whatsapp: {
    phone_number: '',
    account_sid: '',
    auth_token: '',
    phone_number_id: '',
    waba_id: '',
    access_token: '',
  },
  facebook: { sign_in_id: '', page_id: '' },
  signsUp: true,
  domains: '',
  look: {
    welcome_title: '',
    welcome_text: '',
    colour: '#1f5eff',
    position: 'right',
    locale: null,
  },
}

export function useInboxDraft() {
  const [draft, setDraft] = useState(() => {
    const kept = sessionStorage.getItem(KEPT)
    return kept === null ? EMPTY : { ...EMPTY, ...(JSON.parse(kept) as InboxDraft) }
  })
  const change = (next: InboxDraft) => {
    setDraft(next)
    sessionStorage.setItem(KEPT, JSON.stringify(withoutSecrets(next)))
  }
  return [draft, change, () => sessionStorage.removeItem(KEPT)] as const
}

function withoutSecrets(draft: InboxDraft): InboxDraft {
  return {
    ...draft,
    imap: { ...draft.imap, password: '' },
    smtp: { ...draft.smtp, password: '' },
    whatsapp: { ...draft.whatsapp, auth_token: '', access_token: '' },
  }
}
