// Every error of Microsoft's token endpoint in our table, and what it means for an inbox.
import { expect, test } from 'vitest'
import { microsoftError } from '../../../channels/microsoft/errors.ts'
import type { FailureKind } from '../../../domain/failures.ts'

type Row = [object, FailureKind, string]
const RED = 'ReauthorizationRequired'
const ASK = 'ActionRequired'
const LATER = 'Unavailable'
const answered = (code: number, more: object) => ({
  error_codes: [code],
  error_description: `AADSTS${code}: Words for ana@shop.test. Trace ID: 1 Timestamp: x`,
  ...more,
})
const grant = (code: number, suberror?: string) =>
  answered(code, { error: 'invalid_grant', ...(suberror ? { suberror } : {}) })

const meaningOf = (body: object, status = 400, headers = {}) =>
  microsoftError(new Error('x'), { status, headers, body })

test.each<Row>([
  ...[50173, 70000, 70008, 700082, 700084, 70043, 50089, 50132, 50133, 54005].map(
    (code) => [grant(code), RED, 'access_revoked'] satisfies Row,
  ),
  [grant(50173, 'bad_token'), RED, 'access_revoked'],
  ...[50076, 50079, 50078, 50074, 50072, 50158].map(
    (code) =>
      [answered(code, { error: 'interaction_required' }), RED, 'step_up_required'] satisfies Row,
  ),
  [grant(50076, 'basic_action'), RED, 'step_up_required'],
  [grant(65001, 'consent_required'), RED, 'consent_required'],
  ...[65001, 65004, 65005, 650056, 650057].map(
    (code) => [grant(code), RED, 'consent_required'] satisfies Row,
  ),
  [grant(90094), ASK, 'admin_consent_required'],
  [grant(53003, 'message_only'), ASK, 'blocked_by_policy'],
  ...[53000, 53001, 53002, 53003, 530035, 50105, 50053].map(
    (code) => [grant(code), ASK, 'blocked_by_policy'] satisfies Row,
  ),
  ...[50057, 50034, 50020, 16000, 50194].map(
    (code) => [grant(code), ASK, 'account_unusable'] satisfies Row,
  ),
  ...[7000215, 7000222].map(
    (code) =>
      [answered(code, { error: 'invalid_client' }), LATER, 'oauth_app_broken'] satisfies Row,
  ),
  ...[700016, 70001].map(
    (code) =>
      [answered(code, { error: 'unauthorized_client' }), LATER, 'oauth_app_broken'] satisfies Row,
  ),
  [answered(70011, { error: 'invalid_scope' }), LATER, 'oauth_app_broken'],
  [answered(50011, { error: 'invalid_request' }), LATER, 'oauth_app_broken'],
  ...[50033, 50087, 50196, 90006, 90012, 90033, 80002, 80014].map(
    (code) =>
      [
        answered(code, { error: 'temporarily_unavailable' }),
        LATER,
        'sign_in_unavailable',
      ] satisfies Row,
  ),
  // Nothing that is not known may ask people for something.
  [answered(99999, { error: 'something_new' }), LATER, 'sign_in_unavailable'],
  [{}, LATER, 'sign_in_unavailable'],
])('%j is %s: %s', (body, kind, reason) => {
  expect(meaningOf(body)).toMatchObject({ kind, details: { reason } })
})

test('a server in trouble is no judgement, whatever it says', () => {
  for (const status of [500, 502, 503]) {
    expect(meaningOf(grant(50173), status)).toMatchObject({ kind: LATER })
  }
  expect(microsoftError(new Error('x'), undefined)).toMatchObject({ kind: LATER })
})

test('throttling waits as long as it is told, in seconds or until a date', () => {
  const throttled = (value: string) => meaningOf({}, 429, { 'retry-after': value }).details
  expect(throttled('12')).toMatchObject({ reason: 'sign_in_throttled', retryAfterMs: 12_000 })
  const inAMinute = new Date(Date.now() + 60_000).toUTCString()
  expect(throttled(inAMinute).retryAfterMs).toBeGreaterThan(50_000)
  expect(meaningOf({}, 429)).toMatchObject({ kind: 'RateLimited' })
})

test('the provider’s words are kept, without addresses and trace ids', () => {
  expect(meaningOf(grant(50173)).details.evidence).toBe('AADSTS50173: Words for …@…')
})
