// What a contact is called where its name may be missing.
import { useLingui } from '@lingui/react/macro'
import type { Contact } from '../api/shapes.ts'

export function useContactName(): (contact: Contact | undefined) => string {
  const { t } = useLingui()
  return (contact) => contact?.name || contact?.email || contact?.phone_number || t`Unknown`
}
