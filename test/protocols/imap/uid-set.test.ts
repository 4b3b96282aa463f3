// Sets of UIDs written and read back.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { uidSet, uidsOf } from '../../../protocols/imap/uid-set.ts'

test('neighbours become ranges', () => {
  expect(uidSet([7, 3, 2, 1])).toBe('1:3,7')
  expect(uidsOf('5:3,9')).toEqual([3, 4, 5, 9])
  expect(uidsOf('')).toEqual([])
})

test('whatever is written is read back', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 300 })), (uids) => {
      expect(uidsOf(uidSet(uids))).toEqual(uids.sort((a, b) => a - b))
    }),
  )
})
