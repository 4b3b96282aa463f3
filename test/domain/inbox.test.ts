import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  attention,
  deriveState,
  type Health,
  type InboxFacts,
  mayCall,
  mayMovePhase,
  type Phase,
  shownState,
} from '../../domain/inbox.ts'

const since = '2026-01-01T00:00:00.000Z'
const health = (status: Health['status']): Health => ({ status, reason: null, since })
const statuses = ['ok', 'retrying', 'action_required', 'reauthorization_required'] as const
const phases: Phase[] = ['connecting', 'importing', 'active', 'disconnected']
const anyFacts: fc.Arbitrary<InboxFacts> = fc.record({
  phase: fc.constantFrom(...phases),
  paused: fc.boolean(),
  receive: fc.constantFrom(...statuses).map(health),
  send: fc.constantFrom(...statuses).map(health),
})

test('leaving red or pause shows the state that lay underneath', () => {
  fc.assert(
    fc.property(anyFacts, (facts) => {
      const healed = { ...facts, receive: health('ok'), send: health('ok') }
      const resumed = { ...healed, paused: false }
      expect(deriveState(resumed)).toBe(facts.phase)
      if (facts.paused && facts.phase !== 'disconnected') {
        expect(deriveState(healed)).toBe('paused')
      }
    }),
  )
})

test('a disconnected inbox stays disconnected, whatever else is true of it', () => {
  fc.assert(
    fc.property(anyFacts, (facts) => {
      expect(deriveState({ ...facts, phase: 'disconnected' })).toBe('disconnected')
      for (const phase of phases.slice(0, 3))
        expect(mayMovePhase('disconnected', phase)).toBe(false)
    }),
  )
})

test('refused credentials are red in either direction', () => {
  const facts: InboxFacts = {
    phase: 'active',
    paused: false,
    receive: health('ok'),
    send: health('reauthorization_required'),
  }
  expect(deriveState(facts)).toBe('reauthorization_required')
  expect(attention(facts, new Date(since))).toBe('red')
  expect(mayCall(facts, 'receive')).toBe(true)
  expect(mayCall(facts, 'send')).toBe(false)
})

test('a fault shows amber only after two minutes', () => {
  const facts: InboxFacts = {
    phase: 'active',
    paused: false,
    receive: health('retrying'),
    send: health('ok'),
  }
  expect(attention(facts, new Date('2026-01-01T00:01:59.000Z'))).toBe('none')
  expect(attention(facts, new Date('2026-01-01T00:02:00.000Z'))).toBe('amber')
})

test('an inbox that can receive but not send is amber, one that cannot receive is red', () => {
  const base = { phase: 'active', paused: false } as const
  const now = new Date(since)
  const bad = health('action_required')
  expect(attention({ ...base, receive: health('ok'), send: bad }, now)).toBe('amber')
  expect(attention({ ...base, receive: bad, send: health('ok') }, now)).toBe('red')
})

test('people read the fault where there is one, and otherwise the state', () => {
  const working: InboxFacts = {
    phase: 'active',
    paused: false,
    receive: health('ok'),
    send: health('ok'),
  }
  const at = new Date('2026-01-01T00:02:00.000Z')
  const shown = (change: Partial<InboxFacts>) => shownState({ ...working, ...change }, at)
  expect(shown({})).toBe('active')
  expect(shown({ phase: 'importing', send: health('retrying') })).toBe('retrying')
  expect(shown({ receive: health('action_required') })).toBe('action_required')
  expect(shown({ send: health('action_required') })).toBe('cannot_send')
  expect(shown({ send: health('reauthorization_required') })).toBe('reauthorization_required')
  expect(shown({ paused: true, receive: health('action_required') })).toBe('paused')
  expect(shown({ phase: 'disconnected', send: health('retrying') })).toBe('disconnected')
})
