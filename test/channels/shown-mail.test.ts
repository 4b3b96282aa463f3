// A stored mail's pictures come from its own attachments.
import { expect, test } from 'vitest'
import { shownHtml } from '../../channels/shown-mail.ts'

const file = (fileName: string, contentId: string | null, url: string | null = `/${fileName}`) => ({
  fileName,
  contentId,
  url,
})
const show = (html: string, ...files: ReturnType<typeof file>[]) =>
  shownHtml(html, files, { remoteImages: false })!.html

test('a picture is found by its id, whatever the case, or by its name', () => {
  const logo = file('image001.png', 'image001.png@01D9.5C')
  expect(show('<img src="cid:IMAGE001.png@01d9.5c">', logo)).toBe('<img src="/image001.png" />')
  expect(show('<img src="image001.png">', logo)).toBe('<img src="/image001.png" />')
})

test('an id is never mistaken for a name, nor one picture for another of its name', () => {
  const [first, second] = [file('a.png', 'x@1', '/first'), file('a.png', 'x@2', '/second')]
  expect(show('<img src="cid:a.png">', first)).toBe('<img />')
  expect(show('<img src="cid:x@2"><img src="a.png">', first, second)).toBe(
    '<img src="/second" /><img src="/first" />',
  )
})

test('a picture still in the mailbox leaves its place empty', () => {
  expect(show('<img src="cid:x@1" alt="logo">', file('a.png', 'x@1', null))).toBe(
    '<img alt="logo" />',
  )
})
