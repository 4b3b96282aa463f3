import { expect, test } from 'vitest'
import { readAttributes } from '../../domain/custom-attributes.ts'

const define = (
  type: Parameters<typeof readAttributes>[0][number]['type'],
  options: string[] = [],
) => [{ key: 'a', type, options }]

test.each([
  ['text', ' gold ', 'gold'],
  ['text', 42, '42'],
  ['number', '42.5', 42.5],
  ['number', 0, 0],
  ['boolean', 'false', false],
  ['boolean', true, true],
  ['date', '2026-02-28', '2026-02-28'],
  ['date', '2026-11-25T10:00:00Z', '2026-11-25T10:00:00Z'],
  ['link', 'https://shop.test/x', 'https://shop.test/x'],
  ['list', 'gold', 'gold'],
  ['number', null, null],
  ['text', '', null],
] as const)('a %s takes %j', (type, given, stored) => {
  expect(readAttributes(define(type, ['gold']), { a: given })).toEqual({
    accepted: { a: stored },
    refused: [],
  })
})

test.each([
  ['text', { no: 'text' }],
  ['text', 'x'.repeat(2001)],
  ['number', '4 2'],
  ['number', true],
  ['boolean', 'yes'],
  ['date', '2026-02-30'],
  ['date', '25/11/2026'],
  ['link', 'javascript:alert(1)'],
  ['list', 'silver'],
] as const)('a %s refuses %j', (type, given) => {
  expect(readAttributes(define(type, ['gold']), { a: given })).toEqual({
    accepted: {},
    refused: [{ key: 'a', reason: `not_a_${type}_value` }],
  })
})

test('what nobody defined is told apart from what is wrong', () => {
  expect(readAttributes(define('text'), { a: 'x', constructor: 'x' })).toEqual({
    accepted: { a: 'x' },
    refused: [{ key: 'constructor', reason: 'unknown_attribute' }],
  })
})
