// What of a program's log reaches the terminal.
import { expect, test } from 'vitest'
import { warningIn } from '../../scripts/platform/program.ts'

const line = (fields: object) => JSON.stringify({ level: 40, ...fields })

test('a warning is shown with where it happened and why, the rest stays in the file', () => {
  const error = { type: 'ReauthorizationRequired', message: 'wrong_password', stack: '...' }
  const failed = { msg: 'Activity failed', activityType: 'watchInbox', workflowId: 'inbox/1/sync' }
  expect(warningIn(line({ ...failed, error }))).toBe(
    'Activity failed: watchInbox of inbox/1/sync: wrong_password',
  )
  expect(warningIn(line({ msg: 'The outbox waits', error: 'Error: gone' }))).toBe(
    'The outbox waits: Error: gone',
  )
  expect(warningIn(line({ level: 30, msg: 'The worker runs' }))).toBeUndefined()
})

test('what is not JSON is shown as it is', () => {
  expect(warningIn('TypeError: x is not a function')).toBe('TypeError: x is not a function')
  expect(warningIn('')).toBeUndefined()
})
