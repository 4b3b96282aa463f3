// What the widget may weigh.
import { beforeAll, expect, test } from 'vitest'
import { builtWidget } from '../support/shared-servers.ts'
import { widgetWeight } from './weight.ts'

beforeAll(() => builtWidget())

test('the loader is at most 4 kB, the app 35 kB with one language, its styles 8 kB', () => {
  const { loader, app, styles } = widgetWeight()
  expect(loader).toBeLessThanOrEqual(4)
  expect(app).toBeLessThanOrEqual(35)
  expect(styles).toBeLessThanOrEqual(8)
})
