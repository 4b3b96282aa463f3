// The form of a mailbox while it is filled in. It survives a reload; passwords do not.
import { useState } from 'react'
import { EMPTY_IMAP, EMPTY_SMTP, type ServerForm } from '../server-fields.tsx'

export interface EmailDraft {
  name: string
  address: string
  imap: ServerForm
  smtp: ServerForm
}

const KEPT = 'cloudchat.email-draft'
const EMPTY: EmailDraft = { name: '', address: '', imap: EMPTY_IMAP, smtp: EMPTY_SMTP }

export function useEmailDraft() {
  const [draft, setDraft] = useState(() => {
    const kept = sessionStorage.getItem(KEPT)
    return kept === null ? EMPTY : (JSON.parse(kept) as EmailDraft)
  })
  const change = (next: EmailDraft) => {
    setDraft(next)
    sessionStorage.setItem(KEPT, JSON.stringify(withoutPasswords(next)))
  }
  return [draft, change, () => sessionStorage.removeItem(KEPT)] as const
}

function withoutPasswords(draft: EmailDraft): EmailDraft {
  return {
    ...draft,
    imap: { ...draft.imap, password: '' },
    smtp: { ...draft.smtp, password: '' },
  }
}
