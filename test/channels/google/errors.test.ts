// Every error of Google's token endpoint that is documented, and what it means for an inbox.
import { expect, test } from 'vitest'
import { ChannelError } from '../../../channels/errors.ts'
import { googleError } from '../../../channels/google/errors.ts'

const grant = (error_description: string, more = {}) =>
  [400, { error: 'invalid_grant', error_description, ...more }] as const

test.each([
  [...grant('Token has been expired or revoked.'), 'ReauthorizationRequired', 'access_revoked'],
  [...grant('Account has been deleted'), 'ReauthorizationRequired', 'access_revoked'],
  [...grant('Bad Request'), 'ReauthorizationRequired', 'access_revoked'],
  [
    ...grant('reauth related error (invalid_rapt)', { error_subtype: 'invalid_rapt' }),
    'ReauthorizationRequired',
    'step_up_required',
  ],
  [400, { error: 'admin_policy_enforced' }, 'ActionRequired', 'blocked_by_policy'],
  [401, { error: 'invalid_client' }, 'Unavailable', 'oauth_app_broken'],
  [400, { error: 'unauthorized_client' }, 'Unavailable', 'oauth_app_broken'],
  [400, { error: 'redirect_uri_mismatch' }, 'Unavailable', 'oauth_app_broken'],
  [429, {}, 'RateLimited', 'sign_in_throttled'],
  [500, {}, 'Unavailable', 'sign_in_unavailable'],
  [503, { error: 'invalid_grant' }, 'Unavailable', 'sign_in_unavailable'],
  // Nothing that is not known may ask people for something.
  [400, { error: 'something_new' }, 'Unavailable', 'sign_in_unavailable'],
  [200, 'no JSON', 'Unavailable', 'sign_in_unavailable'],
])('%i %j is %s: %s', (status, data, kind, reason) => {
  const thrown = Object.assign(new Error('x'), { response: { status, data } })
  expect(googleError(thrown)).toMatchObject({ kind, details: { reason } })
})

test.each(['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', 'ERR_GOT_HTML'])(
  '%s is nothing final',
  (code) => {
    const thrown = Object.assign(new Error('x'), { code })
    expect(googleError(thrown)).toMatchObject({ kind: 'Unavailable' })
    expect(googleError(thrown)).toBeInstanceOf(ChannelError)
  },
)
