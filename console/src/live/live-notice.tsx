// Tells when what is shown may be old.
import { useLingui } from '@lingui/react/macro'
import { Alert } from '@mantine/core'
import { IconPlugConnectedX } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { shortTime } from '../shell/when.tsx'
import { useAccountEvents } from './account-events.ts'

/** A stream that is opened anew, as at every deployment, is not worth a word. */
const WORTH_A_WORD_MS = 5_000

export function LiveNotice() {
  const { t, i18n } = useLingui()
  const lostSince = useAccountEvents()
  const [shown, setShown] = useState(false)
  useEffect(() => {
    setShown(false)
    if (lostSince === null) return
    const timer = setTimeout(() => setShown(true), WORTH_A_WORD_MS)
    return () => clearTimeout(timer)
  }, [lostSince])
  if (!shown || lostSince === null) return null
  const time = shortTime(lostSince.toISOString(), i18n.locale)
  return (
    <Alert role="status" color="yellow" radius={0} icon={<IconPlugConnectedX />}>
      {t`The connection is lost. What you see is as of ${time}; it renews itself.`}
    </Alert>
  )
}
