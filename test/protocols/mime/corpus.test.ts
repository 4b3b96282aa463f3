// Each nasty mail is read as its author says, and by the reader its author says.
import { expect, test } from 'vitest'
import { parseMail } from '../../../protocols/mime/parse-mail.ts'
import { fastWalk } from '../../../protocols/mime/walk.ts'
import { corpus } from './corpus.ts'

const NOW = Date.UTC(2026, 10, 1)

test.each(corpus)('reads: $name', async ({ raw, expected, attachments, handedOver }) => {
  const mail = await parseMail(raw, NOW)
  expect(mail).toMatchObject(expected)
  const listed = mail.attachments.map(({ fileName, contentType }) => `${fileName} ${contentType}`)
  expect(listed).toEqual(attachments ?? [])
  expect(fastWalk(raw, NOW) === undefined).toBe(handedOver ?? false)
})

test('marks as inline only the images the HTML shows', async () => {
  const related = corpus.find(({ name }) => name.startsWith('related'))!
  const { attachments } = await parseMail(related.raw, NOW)
  expect(attachments.map(({ part, inline, contentId }) => ({ part, inline, contentId }))).toEqual([
    { part: '1.2.2', inline: true, contentId: 'logo@x' },
    { part: '2', inline: false, contentId: null },
  ])
})
