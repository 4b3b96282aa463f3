// The two lists of automations, of data for the API and of code for the workers, name the same ones.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkForm } from '../../domain/forms.ts'
import { AUTOMATIONS } from '../../workflows/automations/registry.ts'

const home = join(import.meta.dirname, '../../workflows/automations')

test('every folder is offered and registered under the name of its definition', () => {
  const folders = readdirSync(home, { withFileTypes: true }).filter((one) => one.isDirectory())
  const registered = readFileSync(join(home, 'workflows.ts'), 'utf8').matchAll(
    /export \{ (\w+) \}/g,
  )
  const names = AUTOMATIONS.map(({ name }) => name).sort()
  expect([...registered].map(([, name]) => name).sort()).toEqual(names)
  expect(names).toHaveLength(folders.length)
})

test('the form of an automation names what is missing and what is too much', () => {
  const followUp = AUTOMATIONS.find(({ name }) => name === 'followUp')!
  const path = 'actions.0.parameters'
  expect(checkForm(followUp.parameters, { minutes: 60, message: 'Hello' }, path)).toEqual([])
  expect(checkForm(followUp.parameters, { minutes: 1.5, note: 'x' }, path)).toEqual([
    { field: `${path}.note`, reason: 'unknown_field' },
    { field: `${path}.minutes`, reason: 'not_a_minutes' },
    { field: `${path}.message`, reason: 'missing' },
  ])
})
