// Graph's side of signing in: codes, tokens, what was granted, and which pages.
import {
  APP,
  authorize,
  type GraphState,
  pageOfToken,
  Refusal,
  type Request,
} from './graph-state.ts'

export function accessToken(state: GraphState, { query }: Request) {
  if (query.get('client_id') !== APP.appId) {
    throw new Refusal(400, 101, 'Error validating application. Cannot get application info.')
  }
  if (query.get('client_secret') !== APP.appSecret) {
    throw new Refusal(400, 1, 'Error validating client secret.')
  }
  if (query.get('grant_type') === 'fb_exchange_token') {
    if (query.get('fb_exchange_token') !== 'EAA-short') throw new Refusal(400, 190, 'expired', 463)
    return { access_token: state.user.token, token_type: 'bearer', expires_in: 5183944 }
  }
  const code = query.get('code') ?? ''
  const known = state.codes.get(code)
  if (!known) throw new Refusal(400, 100, 'This authorization code has been used.', 36009)
  if ((query.get('redirect_uri') ?? undefined) !== known.redirectUri) {
    throw new Refusal(400, 100, 'Error validating verification code.', 36008)
  }
  state.codes.delete(code)
  return { access_token: known.token, token_type: 'bearer' }
}

export function debugToken(state: GraphState, { query }: Request) {
  if (query.get('access_token') !== `${APP.appId}|${APP.appSecret}`) {
    throw new Refusal(400, 190, 'Invalid OAuth access token signature.')
  }
  const token = query.get('input_token') ?? ''
  const subcode = state.deaths.get(token)
  const page = pageOfToken(state, token)
  const ofNumber = [...state.numbers.values()].some((number) => number.token === token)
  if (subcode !== undefined || (token !== state.user.token && !page && !ofNumber)) {
    return { data: { is_valid: false, scopes: [], error: { code: 190, subcode } } }
  }
  const ticked = (scope: string) =>
    [...state.pages.values()]
      .filter(({ left, notFor }) => !left && !notFor?.includes(scope))
      .flatMap(({ id, instagram }) => (scope.startsWith('instagram_') ? (instagram?.id ?? []) : id))
  return {
    data: {
      app_id: APP.appId,
      type: page ? 'PAGE' : 'USER',
      is_valid: true,
      expires_at: 0,
      user_id: state.user.id,
      scopes: state.user.granted,
      granular_scopes: state.user.granted.map((scope) => ({ scope, target_ids: ticked(scope) })),
    },
  }
}

export function accounts(state: GraphState, request: Request) {
  if (authorize(state, request) !== state.user.token) throw new Refusal(400, 100, 'Not a user')
  const { query } = request
  const limit = Number(query.get('limit') ?? 25)
  const from = Number(query.get('after') ?? 0)
  const all = [...state.pages.values()].filter(({ left }) => !left)
  const data = all.slice(from, from + limit).map((page) => ({
    id: page.id,
    name: page.name,
    access_token: page.token,
    tasks: page.tasks,
    ...(page.instagram ? { instagram_business_account: page.instagram } : {}),
  }))
  const more = from + limit < all.length
  return {
    data,
    paging: { cursors: { before: '0', ...(more ? { after: `${from + limit}` } : {}) } },
  }
}

export function permissions(state: GraphState, request: Request) {
  if (authorize(state, request) !== state.user.token) throw new Refusal(400, 100, 'Not a user')
  const as = (status: string) => (permission: string) => ({ permission, status })
  return {
    data: [...state.user.granted.map(as('granted')), ...state.user.declined.map(as('declined'))],
  }
}
