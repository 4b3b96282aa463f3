// What ClaudIA does in an inbox, in words.
import { useLingui } from '@lingui/react/macro'
import type { Inbox } from '../api/shapes.ts'

export function useClaudiaWords(): Record<Inbox['claudia']['mode'], string> {
  const { t } = useLingui()
  return { on: t`On`, off: t`Off`, held: t`Waits for the import` }
}
