import { expect, test } from 'vitest'
import { mayBecome, mayResend, statusesBefore } from '../../domain/message.ts'

test('a late status never moves a message backwards', () => {
  expect(mayBecome('read', 'delivered')).toBe(false)
  expect(mayBecome('read', 'sent')).toBe(false)
  expect(mayBecome('delivered', 'sent')).toBe(false)
  expect(mayBecome('sent', 'delivered')).toBe(true)
})

test('a bounce fails a message that was sent', () => {
  expect(statusesBefore('failed')).toContain('sent')
})

test('only what failed or may not have gone out can be sent again', () => {
  expect(mayResend('failed')).toBe(true)
  expect(mayResend('unconfirmed')).toBe(true)
  expect(mayResend('sent')).toBe(false)
  expect(mayResend('transmitting')).toBe(false)
})
