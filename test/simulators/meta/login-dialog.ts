// Facebook's login dialog, as far as a browser sees it: a page with two ways on. It refuses what the
// real one refuses: another app, an address that is not registered, permissions that do not exist.
import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { APP, type GraphState, PERMISSIONS } from './graph-state.ts'

export function loginDialog(state: GraphState, url: URL, reply: ServerResponse): void {
  const query = url.searchParams
  const redirectUri = query.get('redirect_uri') ?? ''
  const wrong = refusalOf(state, query, redirectUri)
  const answer = query.get('answer')
  if (wrong) reply.writeHead(400, { 'content-type': 'text/plain' }).end(wrong)
  else if (answer === null) showDialog(state, url, reply)
  else reply.writeHead(302, { location: wayBack(state, query, redirectUri) }).end()
}

function wayBack(state: GraphState, query: URLSearchParams, redirectUri: string): string {
  const back = new URL(redirectUri)
  back.searchParams.set('state', query.get('state') ?? '')
  if (query.get('answer') === 'continue') {
    back.searchParams.set('code', codeFor(state, redirectUri, query.get('auth_type')))
  } else {
    const denial = { error: 'access_denied', error_reason: 'user_denied', error_code: '200' }
    for (const [key, value] of Object.entries(denial)) back.searchParams.set(key, value)
  }
  return `${back.href}#_=_`
}

function refusalOf(state: GraphState, query: URLSearchParams, redirectUri: string) {
  if (query.get('client_id') !== APP.appId) return 'App not active'
  if (!state.redirectUris.includes(redirectUri)) return `URL blocked: ${redirectUri}`
  if (query.get('response_type') !== 'code') return 'response_type'
  if (query.has('config_id')) return undefined
  const unknown = (query.get('scope') ?? '').split(',').find((one) => !PERMISSIONS.includes(one))
  return unknown === undefined ? undefined : `Invalid Scopes: ${unknown}`
}

/** What was declined once is asked again only when the dialog is told to. */
function codeFor(state: GraphState, redirectUri: string, authType: string | null): string {
  const { user } = state
  if (authType === 'rerequest') user.granted.push(...user.declined.splice(0))
  const code = `AQ-${randomUUID()}`
  state.codes.set(code, { redirectUri, token: 'EAA-short' })
  return code
}

function showDialog({ pages }: GraphState, { pathname, search }: URL, reply: ServerResponse): void {
  const names = [...pages.values()].map(({ name }) => `<li>${name}</li>`).join('')
  const to = (answer: string) => `${pathname}${search}&answer=${answer}`.replaceAll('&', '&amp;')
  reply.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(
    `<!doctype html><html lang="en"><title>Facebook</title><h1>Log in with Facebook</h1>
    <ul>${names}</ul><a href="${to('continue')}">Continue</a> <a href="${to('cancel')}">Cancel</a>`,
  )
}
