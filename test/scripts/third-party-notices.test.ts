import { expect, test } from 'vitest'
import { noticesOf, shippedPackages } from '../../scripts/third-party-notices.ts'

/** Licences that let a product ship without opening its own source. */
const PERMISSIVE =
  /^\(?(0BSD|Apache-2\.0|BlueOak-1\.0\.0|BSD|BSD-2-Clause|BSD-3-Clause|CC-BY-4\.0|CC0-1\.0|ISC|MIT|MIT-0|PSF-2\.0|Python-2\.0|Unlicense|Zlib)\b/
/** States it in its LICENSE file alone, which is the Unlicense. */
const UNSTATED = ['unionfs']

test('every package that ships with the product states a permissive licence', () => {
  const packages = shippedPackages()
  expect(packages.map(({ name }) => name)).toContain('fastify')
  const others = packages.filter(({ name, license }) => {
    return !PERMISSIVE.test(license) && !UNSTATED.includes(name)
  })
  expect(others.map(({ name, license }) => `${name}: ${license}`)).toEqual([])
})

test('the notices hold the words of each licence that came with its package', () => {
  const fastify = shippedPackages().find(({ name }) => name === 'fastify')!
  expect(fastify.texts[0]).toContain('The Fastify team')
  expect(noticesOf([fastify])).toContain(`fastify ${fastify.version} (MIT)`)
  expect(noticesOf([fastify])).toContain(fastify.texts[0])
})
