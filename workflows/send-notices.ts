// Tells webhooks and administrators of an inbox's incidents. Lives only while something is untold.

import { condition, defineSignal, isCancellation, setHandler } from '@temporalio/workflow'
import { type InboxRef, SIGNALS } from '../temporal/contracts.ts'
import { noticeDelivery, notices } from './activities.ts'

/** `inbox/<id>/notices`: woken by the relay. Side by side, so that a dead webhook holds up none. */
export async function sendNotices(ref: InboxRef): Promise<void> {
  let wakes = 0
  setHandler(defineSignal(SIGNALS.wake), () => {
    wakes += 1
  })
  const underWay = new Set<number>()
  for (;;) {
    const seen = wakes
    const ids = await notices.listNotices(ref)
    for (const noticeId of ids.filter((id) => !underWay.has(id))) {
      underWay.add(noticeId)
      void tell({ accountId: ref.accountId, noticeId }).finally(() => underWay.delete(noticeId))
    }
    if (ids.length === 0 && underWay.size === 0 && wakes === seen) return
    await condition(() => wakes !== seen || underWay.size === 0)
  }
}

async function tell(notice: { accountId: number; noticeId: number }): Promise<void> {
  try {
    await noticeDelivery.deliverNotice(notice)
  } catch (error) {
    if (isCancellation(error)) return
    // Whatever it was, it was tried for days; the row and the timeline say so.
    await notices.giveUpNotice(notice)
  }
}
