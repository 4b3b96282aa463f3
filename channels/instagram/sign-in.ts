// Signing in with Facebook: the dialog, the trade of the code, and the pages that were granted.
// https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow

import type { GraphError } from '../../protocols/graph/graph-error.ts'
import { ChannelError } from '../errors.ts'
import type { MetaAccess } from '../meta/access.ts'
import type { MetaApp } from '../meta/app.ts'
import { calling } from '../meta/errors.ts'
import { list, object, text } from '../meta/webhook.ts'

/** Without the first two nothing can be received or sent at all. */
const NEEDED = ['pages_messaging', 'pages_manage_metadata']
const NEEDED_FOR_INSTAGRAM = ['instagram_basic', 'instagram_manage_messages']
const PERMISSIONS = [
  'pages_show_list',
  ...NEEDED,
  'pages_read_engagement',
  'business_management',
  ...NEEDED_FOR_INSTAGRAM,
]

/** Where the person signs in. `rerequest`: asks again for what was declined before. */
export function loginUrl(
  { dialogUrl, graphVersion, appId, loginConfigId }: MetaApp,
  { state, redirectUri, rerequest }: { state: string; redirectUri: string; rerequest: boolean },
): string {
  const url = new URL(`${dialogUrl}/${graphVersion}/dialog/oauth`)
  url.search = new URLSearchParams({
    client_id: appId,
    redirect_uri: redirectUri,
    state,
    response_type: 'code',
    ...(loginConfigId ? { config_id: loginConfigId } : { scope: PERMISSIONS.join(',') }),
    ...(rerequest ? { auth_type: 'rerequest' } : {}),
  }).toString()
  return url.href
}

/** Of the person, for about sixty days; page tokens made with it live on. JSON-safe. */
export interface FacebookGrant {
  user_token: string
}

/** A code is good for once. @throws ChannelError */
export async function trade(
  { graph, app }: MetaAccess,
  code: string,
  redirectUri: string,
): Promise<FacebookGrant> {
  const tokenFor = async (query: Record<string, string>) => {
    const secrets = { client_id: app.appId, client_secret: app.appSecret }
    const { body } = await graph.call({
      path: 'oauth/access_token',
      query: { ...secrets, ...query },
    })
    return String(body.access_token)
  }
  const short = await calling({ graph, own: codeMeaning }, () =>
    tokenFor({ code, redirect_uri: redirectUri }),
  )
  const long = { grant_type: 'fb_exchange_token', fb_exchange_token: short }
  return { user_token: await calling({ graph }, () => tokenFor(long)) }
}

/** 100 with these subcodes: the code was used, is too old, or was made for another address. */
function codeMeaning({ code, subcode }: GraphError) {
  const spent = code === 100 && [36007, 36008, 36009].includes(subcode)
  return spent ? { kind: 'ActionRequired' as const, reason: 'code_refused' } : undefined
}

export interface Granted {
  /** The person as the app knows them. */
  userId: string
  /** A permission that a page needs was not given. */
  declined: boolean
  pages: GrantedPage[]
}

export interface GrantedPage {
  id: string
  name: string
  token: string
  instagram: { id: string; username: string } | null
  /** Why it cannot be connected as it is, the gravest first, each with a text in `locales/`. */
  faults: PageFault[]
}

export type PageFault =
  | 'meta_permission_missing'
  | 'page_not_granted'
  | 'messaging_task_missing'
  | 'moderate_task_missing'
  | 'no_instagram_account'

/** Without these an inbox would receive nothing. A page without Instagram still has Messenger. */
export const isFatal = (fault: PageFault) => fault !== 'no_instagram_account'

const PAGE_LIMIT = 100
/** More than any business has; a listing that never ends would hold up whoever waits. */
const MAX_LISTS = 50

/** Every page that the person ticked, whatever page of the list it is on. @throws ChannelError */
export async function grantedPages(
  access: MetaAccess,
  { user_token: token }: FacebookGrant,
): Promise<Granted> {
  const { graph, app } = access
  const context = { graph, token }
  const [permissions, life] = await calling(context, () =>
    Promise.all([
      graph.call({ path: 'me/permissions', token }),
      graph.call({
        path: 'debug_token',
        query: { input_token: token, access_token: `${app.appId}|${app.appSecret}` },
      }),
    ]),
  )
  const said = object(life.body.data)
  const given = list(permissions.body.data)
    .filter(({ status }) => status === 'granted')
    .map(({ permission }) => text(permission))
  const rights = { given, ticked: tickedIn(said) }
  const missing = [...NEEDED, ...NEEDED_FOR_INSTAGRAM].some((name) => !given.includes(name))
  const pages = (await listPages(access, token)).map((page) => readPage(page, rights))
  return { userId: text(said.user_id), declined: missing, pages }
}

async function listPages({ graph }: MetaAccess, token: string): Promise<Record<string, unknown>[]> {
  const pages: Record<string, unknown>[] = []
  let after = ''
  for (let lists = 0; lists < MAX_LISTS; lists++) {
    const { body } = await calling({ graph, token }, () =>
      graph.call({
        path: 'me/accounts',
        token,
        query: {
          fields: 'id,name,access_token,tasks,instagram_business_account{id,username}',
          limit: String(PAGE_LIMIT),
          ...(after === '' ? {} : { after }),
        },
      }),
    )
    pages.push(...list(body.data))
    after = text(object(object(body.paging).cursors).after)
    if (after === '') return pages
  }
  throw new ChannelError('Unavailable', { reason: 'server_unavailable', evidence: 'endless list' })
}

interface Rights {
  /** Permissions of the whole login. */
  given: string[]
  /** For which pages and Instagram accounts, where the person chose some. */
  ticked: Map<string, string[]>
}

/** https://developers.facebook.com/docs/graph-api/reference/debug_token */
function tickedIn(life: Record<string, unknown>): Map<string, string[]> {
  return new Map(
    list(life.granular_scopes).flatMap(({ scope, target_ids: ids }) =>
      Array.isArray(ids) ? [[text(scope), ids.map(text)] as const] : [],
    ),
  )
}

function readPage(page: Record<string, unknown>, { given, ticked }: Rights): GrantedPage {
  const account = object(page.instagram_business_account)
  const instagram = text(account.id)
    ? { id: text(account.id), username: text(account.username) }
    : null
  const tasks = Array.isArray(page.tasks) ? page.tasks : []
  const needed = instagram ? [...NEEDED, ...NEEDED_FOR_INSTAGRAM] : NEEDED
  const ids = [text(page.id), instagram?.id]
  const isTicked = (name: string) => ticked.get(name)?.some((id) => ids.includes(id)) ?? true
  const faults: [PageFault, boolean][] = [
    ['meta_permission_missing', needed.some((name) => !given.includes(name))],
    ['page_not_granted', needed.some((name) => given.includes(name) && !isTicked(name))],
    ['messaging_task_missing', !tasks.includes('MESSAGING')],
    ['moderate_task_missing', !tasks.includes('MODERATE')],
    ['no_instagram_account', instagram === null],
  ]
  return {
    id: text(page.id),
    name: text(page.name),
    token: text(page.access_token),
    instagram,
    faults: faults.filter(([, isSo]) => isSo).map(([fault]) => fault),
  }
}
