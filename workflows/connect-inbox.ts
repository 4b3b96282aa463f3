// Connecting: the draft's credentials are proved for real before anything counts as connected.

import { ApplicationFailure } from '@temporalio/workflow'
import type { ChildEnd, ConnectInput, PreflightStage } from '../temporal/contracts.ts'
import { provider, rows } from './activities.ts'
import { applicationFailureOf, connectTroubleOf } from './failures.ts'

/** Child of the inbox: `inbox/<id>/connect`. */
export async function connectInbox(input: ConnectInput): Promise<ChildEnd> {
  try {
    await provider.connectInbox(input)
  } catch (error) {
    const trouble = connectTroubleOf(error)
    if (!trouble) throw error
    return { end: 'trouble', trouble }
  }
  await rows.joinDefaultRules(input)
  return { end: 'done' }
}

/** Stages alone, for the form: nothing is stored. */
export async function preflight(input: ConnectInput): Promise<PreflightStage[]> {
  try {
    return await provider.preflightDraft(input)
  } catch (error) {
    const failure = applicationFailureOf(error)
    if (!failure) throw error
    throw ApplicationFailure.create({ message: failure.message, type: failure.type ?? 'Unknown' })
  }
}
