// Exports and erasures of contacts. Progress and result are in the request's row.

import { sleep } from '@temporalio/workflow'
import type { PrivacyRef } from '../temporal/contracts.ts'
import { privacy } from './activities.ts'

/** Longer than a file is spared that somebody might be about to use (db/stored-objects). */
const FILES_ARE_FREE = '61 minutes'

/** `privacy/<request id>`: done when also the last byte is gone. */
export async function eraseContact(ref: PrivacyRef): Promise<void> {
  const left = await privacy.eraseContact(ref)
  if (left > 0) await sleep(FILES_ARE_FREE)
  await privacy.finishErasure(ref)
}

/** `privacy/<request id>` */
export async function exportContact(ref: PrivacyRef): Promise<void> {
  await privacy.exportContact(ref)
}
