// What an operator reads of an inbox in the Temporal UI.
import { expect, test } from 'vitest'
import { EditForm } from '../../api/resources/email-form.ts'
import { deriveState, type Health, type InboxFacts } from '../../domain/inbox.ts'
import type { InboxView } from '../../temporal/contracts.ts'
import { attentionOf, describe } from '../../workflows/inbox-display.ts'

const since = '2026-03-01T10:00:00.000Z'
const nextTryAt = '2026-03-01T10:05:00.000Z'
const ok: Health = { status: 'ok', reason: null, since }

function shown(facts: Partial<InboxFacts>, more: Partial<InboxView> = {}): string {
  const view: InboxView = {
    channel: 'email',
    facts: { phase: 'active', paused: false, receive: ok, send: ok, ...facts },
    draftId: null,
    import: null,
    receives: true,
    filesDue: false,
    lastGoodSyncAt: since,
    nextTryAt,
    attentionSince: null,
    stalledSince: null,
    ...more,
  }
  return describe({ accountId: 3, inboxId: 7 }, view, deriveState(view.facts), attentionOf(view))
}
const remedy = (text: string) => ({
  action: /inboxes\/7\/([\w/]+)" /.exec(text)?.[1],
  body: JSON.parse(/-d '(.*)'/.exec(text)?.[1] ?? 'null'),
})

test('an idle inbox says so, asks for nothing, and where newer times are', () => {
  const text = shown({})
  expect(text).toContain('**Active: the mailbox is kept in sync.**')
  expect(text).toContain('GET /api/v1/accounts/3/inboxes/7')
  expect(text).not.toMatch(/attention|Next try|curl/)
})

test('refused credentials: the reason, no next try, and a call that the API understands', () => {
  const text = shown({
    receive: { status: 'reauthorization_required', reason: 'wrong_password', since },
  })
  expect(text).toContain(`\`wrong_password\` since ${since}`)
  expect(text).not.toContain('Next try')
  const { action, body } = remedy(text)
  expect(action).toBe('reconnect')
  expect(Object.keys(EditForm.properties)).toEqual(expect.arrayContaining(Object.keys(body)))
})

test('a server that is away: when it is tried next, and how to try now', () => {
  const receive: Health = { status: 'retrying', reason: 'timeout', since }
  const text = shown({ receive }, { attentionSince: since })
  expect(text).toContain(`Next try: ${nextTryAt}`)
  expect(remedy(text).action).toBe('sync')
})

test('a hanging sync: try now; a setting at the provider: check again; a pause: resume', () => {
  expect(remedy(shown({}, { stalledSince: since })).action).toBe('sync')
  const receive: Health = { status: 'action_required', reason: 'imap_disabled', since }
  expect(remedy(shown({ receive }))).toEqual({ action: 'reconnect', body: {} })
  expect(remedy(shown({ paused: true })).action).toBe('resume')
})
