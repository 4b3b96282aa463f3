// Every page and its address. Pages are loaded when they are first opened.
import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router'
import { setAccount } from './api/client.ts'
import { type ConversationFilter, sessionQuery } from './api/queries.ts'
import { needsDocument } from './inboxes/popup-pages.ts'
import { LoginPage } from './session/login-page.tsx'
import { NotFoundPage } from './shell/not-found-page.tsx'
import { PageFailure } from './shell/page-failure.tsx'
import { Shell } from './shell/shell.tsx'

const BASE = '/console'

const root = createRootRouteWithContext<{ queries: QueryClient }>()({
  async beforeLoad({ location }) {
    if (!needsDocument(location.pathname)) return
    window.location.assign(`${BASE}${location.href}`)
    await new Promise(() => {})
  },
  notFoundComponent: NotFoundPage,
  errorComponent: ({ error, reset }) => <PageFailure error={error as Error} retry={reset} />,
})

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (search: Record<string, unknown>): { to?: string } =>
    typeof search.to === 'string' && /^\/(?!\/)/.test(search.to) ? { to: search.to } : {},
  component: LoginPage,
})

const welcome = createRoute({
  getParentRoute: () => root,
  path: '/welcome',
  component: lazyRouteComponent(() => import('./session/welcome-page.tsx'), 'WelcomePage'),
})

const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  async beforeLoad({ context, location }) {
    const session = await context.queries.ensureQueryData(sessionQuery)
    if (!session) throw redirect({ to: '/login', search: { to: location.href } })
    setAccount(session.account.id)
    return { session }
  },
  component: Shell,
})

const home = createRoute({
  getParentRoute: () => inside,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/inboxes' })
  },
})

const inboxes = createRoute({
  getParentRoute: () => inside,
  path: '/inboxes',
  component: lazyRouteComponent(() => import('./inboxes/inbox-list-page.tsx'), 'InboxListPage'),
})

const newInbox = createRoute({
  getParentRoute: () => inside,
  path: '/inboxes/new',
  component: lazyRouteComponent(() => import('./inboxes/wizard/wizard-page.tsx'), 'WizardPage'),
})

const newWhatsApp = createRoute({
  getParentRoute: () => inside,
  path: '/inboxes/new/whatsapp',
  component: lazyRouteComponent(
    () => import('./inboxes/wizard/wizard-page.tsx'),
    'WhatsAppWizardPage',
  ),
})

const whatsAppAgain = createRoute({
  getParentRoute: () => inside,
  path: '/inboxes/$inboxId/whatsapp',
  params: numeric('inboxId'),
  component: lazyRouteComponent(
    () => import('./inboxes/whatsapp-again-page.tsx'),
    'WhatsAppAgainPage',
  ),
})

export const INBOX_TABS = [
  'overview',
  'widget',
  'timeline',
  'quarantine',
  'agents',
  'settings',
] as const
export type InboxTab = (typeof INBOX_TABS)[number]

const inbox = createRoute({
  getParentRoute: () => inside,
  path: '/inboxes/$inboxId',
  params: numeric('inboxId'),
  validateSearch: (search: Record<string, unknown>): { tab?: InboxTab; reconnect?: true } => ({
    ...(oneOf(INBOX_TABS, search.tab) ? { tab: search.tab as InboxTab } : {}),
    ...(search.reconnect === true ? { reconnect: true } : {}),
  }),
  component: lazyRouteComponent(() => import('./inboxes/inbox-page.tsx'), 'InboxPage'),
})

export const STATUSES = ['open', 'pending', 'snoozed', 'resolved'] as const

const conversations = createRoute({
  getParentRoute: () => inside,
  path: '/conversations',
  validateSearch: (search: Record<string, unknown>): ConversationFilter => ({
    ...(oneOf(STATUSES, search.status) ? { status: search.status as 'open' } : {}),
    ...(typeof search.inbox_id === 'number' ? { inbox_id: search.inbox_id } : {}),
    ...(typeof search.assignee_id === 'number' ? { assignee_id: search.assignee_id } : {}),
    ...(typeof search.team_id === 'number' ? { team_id: search.team_id } : {}),
    ...(typeof search.contact_id === 'number' ? { contact_id: search.contact_id } : {}),
    ...searchIn(search),
  }),
  component: lazyRouteComponent(
    () => import('./conversations/conversation-list-page.tsx'),
    'ConversationListPage',
  ),
})

const conversation = createRoute({
  getParentRoute: () => inside,
  path: '/conversations/$conversationId',
  params: numeric('conversationId'),
  component: lazyRouteComponent(
    () => import('./conversations/conversation-page.tsx'),
    'ConversationPage',
  ),
})

const contacts = createRoute({
  getParentRoute: () => inside,
  path: '/contacts',
  validateSearch: searchIn,
  component: lazyRouteComponent(
    () => import('./contacts/contact-list-page.tsx'),
    'ContactListPage',
  ),
})

const contact = createRoute({
  getParentRoute: () => inside,
  path: '/contacts/$contactId',
  params: numeric('contactId'),
  component: lazyRouteComponent(() => import('./contacts/contact-page.tsx'), 'ContactPage'),
})

const automations = createRoute({
  getParentRoute: () => inside,
  path: '/automations',
  validateSearch: (search: Record<string, unknown>): { tab?: 'runs' } =>
    search.tab === 'runs' ? { tab: 'runs' } : {},
  component: lazyRouteComponent(
    () => import('./automations/automations-page.tsx'),
    'AutomationsPage',
  ),
})

const rule = createRoute({
  getParentRoute: () => inside,
  path: '/automations/$ruleId',
  component: lazyRouteComponent(() => import('./automations/rule-page.tsx'), 'RulePage'),
})

export const SETTINGS = [
  'agents',
  'teams',
  'attributes',
  'claudia',
  'api-keys',
  'webhooks',
  'privacy',
] as const

const settings = createRoute({
  getParentRoute: () => inside,
  path: '/settings/$section',
  component: lazyRouteComponent(() => import('./settings/settings-page.tsx'), 'SettingsPage'),
})

const profile = createRoute({
  getParentRoute: () => inside,
  path: '/profile',
  component: lazyRouteComponent(() => import('./session/profile-page.tsx'), 'ProfilePage'),
})

const routeTree = root.addChildren([
  login,
  welcome,
  inside.addChildren([
    home,
    inboxes,
    newInbox,
    newWhatsApp,
    inbox,
    whatsAppAgain,
    conversations,
    conversation,
    contacts,
    contact,
    automations,
    rule,
    settings,
    profile,
  ]),
])

export function createConsoleRouter(queries: QueryClient) {
  return createRouter({ routeTree, basepath: BASE, context: { queries } })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>
  }
}

/** A number in an address is read as one. */
function searchIn({ search }: Record<string, unknown>): { search?: string } {
  const text = typeof search === 'number' ? String(search) : search
  return typeof text === 'string' && text !== '' ? { search: text.slice(0, 200) } : {}
}

function oneOf(values: readonly string[], value: unknown): boolean {
  return typeof value === 'string' && values.includes(value)
}

function numeric<Name extends string>(name: Name) {
  return {
    parse: (raw: Record<Name, string>) => ({ [name]: Number(raw[name]) }) as Record<Name, number>,
    stringify: (params: Record<Name, number>) =>
      ({ [name]: String(params[name]) }) as Record<Name, string>,
  }
}
