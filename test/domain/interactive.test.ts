// What can be chosen by a touch: the limits of WhatsApp, before anything is sent.
import { expect, test } from 'vitest'
import { type Choice, type Interactive, interactiveFault } from '../../domain/interactive.ts'

const choices = (count: number): Choice[] =>
  Array.from({ length: count }, (_, at) => ({ id: `${at}`, title: `Choice ${at}` }))
const buttons = (list: Choice[]): Interactive => ({ kind: 'buttons', choices: list })
const rows = (list: Choice[], button = 'Open'): Interactive => ({
  kind: 'list',
  button,
  choices: list,
})
const form = (flow: string): Interactive => ({
  kind: 'form',
  flow,
  button: 'Open',
  screen: 'A',
})

test('what keeps to every limit can be sent', () => {
  for (const fine of [buttons(choices(1)), buttons(choices(3)), rows(choices(10)), form('7')]) {
    expect(interactiveFault(fine, 'Which?')).toBeUndefined()
  }
})

test.each<[string, Interactive, string]>([
  ['choices_wrong_count', buttons(choices(0)), 'x'],
  ['choices_wrong_count', buttons(choices(4)), 'x'],
  ['choices_wrong_count', rows(choices(11)), 'x'],
  ['choices_not_distinct', buttons([...choices(1), ...choices(1)]), 'x'],
  ['choice_title_wrong', buttons([{ id: '1', title: 'é'.repeat(21) }]), 'x'],
  ['choice_title_wrong', rows(choices(1), ''), 'x'],
  ['choice_id_wrong', rows([{ id: 'i'.repeat(201), title: 'x' }]), 'x'],
  [
    'choice_description_too_long',
    rows([{ id: '1', title: 'x', description: 'd'.repeat(73) }]),
    'x',
  ],
  ['interactive_needs_text', buttons(choices(1)), '  '],
  ['message_too_long', buttons(choices(1)), 'x'.repeat(1025)],
  ['form_missing', form(''), 'x'],
])('%s is said before anything is sent', (fault, interactive, text) => {
  expect(interactiveFault(interactive, text)).toBe(fault)
})
