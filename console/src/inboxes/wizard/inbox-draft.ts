// The form of a new inbox while it is filled in. It survives a reload; passwords do not.
import { useState } from 'react'
import { EMPTY_IMAP, EMPTY_SMTP, type ServerForm } from '../server-fields.tsx'

export const WIZARD_CHANNELS = ['email', 'google', 'microsoft', 'web_widget'] as const

export interface InboxDraft {
  channel: (typeof WIZARD_CHANNELS)[number]
  name: string
  address: string
  imap: ServerForm
  smtp: ServerForm
  /** Of the sites that may show a widget, a line each. */
  domains: string
}

const KEPT = 'cloudchat.inbox-draft'
const EMPTY: InboxDraft = {
  channel: 'email',
  name: '',
  address: '',
  imap: EMPTY_IMAP,
  smtp: EMPTY_SMTP,
  domains: '',
}

export function useInboxDraft() {
  const [draft, setDraft] = useState(() => {
    const kept = sessionStorage.getItem(KEPT)
    return kept === null ? EMPTY : (JSON.parse(kept) as InboxDraft)
  })
  const change = (next: InboxDraft) => {
    setDraft(next)
    sessionStorage.setItem(KEPT, JSON.stringify(withoutPasswords(next)))
  }
  return [draft, change, () => sessionStorage.removeItem(KEPT)] as const
}

function withoutPasswords(draft: InboxDraft): InboxDraft {
  return {
    ...draft,
    imap: { ...draft.imap, password: '' },
    smtp: { ...draft.smtp, password: '' },
  }
}
