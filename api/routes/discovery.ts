// Which servers an address has, to fill the connect form. Nothing is dialled here: a workflow asks.
import { adviceOf, type Discovery } from '../../channels/email/index.ts'
import { addressAt } from '../../channels/mail/form-fields.ts'
import { type EmailPreset, PRESETS } from '../../channels/mail/presets.ts'
import { deleteDraft, readDraft, saveDraft } from '../../db/connect-drafts.ts'
import { hintText } from '../../locales/hints.ts'
import type { Locale } from '../../locales/texts.ts'
import { ADMINS, callerOf } from '../auth.ts'
import type { App, Deps } from '../context.ts'
import { apiError, localeOf } from '../errors.ts'
import { AccountParams, Nullable, OneOf, replies, Type } from '../schemas.ts'

const Server = Type.Object({
  host: Type.String(),
  port: Type.Integer(),
  encryption: OneOf(['tls', 'starttls'] as const),
  login: Type.String({ description: 'A guess' }),
})
const Said = Type.Object({ code: Type.String(), message: Type.String(), remedy: Type.String() })
const Found = Type.Object({
  sign_in: Nullable(
    OneOf(['google', 'microsoft'] as const, 'The channel that serves the address better'),
  ),
  candidates: Type.Array(
    Type.Object({
      source: OneOf(
        ['preset', 'mx', 'srv', 'autoconfig'] as const,
        'A known provider, one that the domain’s mail goes to, RFC 6186 records, or autoconfig',
      ),
      provider: Nullable(Type.String()),
      imap: Nullable(Server),
      smtp: Nullable(Server),
      advice: Type.Array(Said),
    }),
  ),
  incomplete: Type.Boolean({ description: 'Somebody did not answer; ask again later for more' }),
})

const PresetServer = Type.Object({
  ...Type.Omit(Server, ['login']).properties,
  login: OneOf(['address', 'local_part'] as const, 'What of the address logs in'),
})
const Provider = Type.Object({
  name: Type.String(),
  imap: PresetServer,
  smtp: PresetServer,
  sign_in: Found.properties.sign_in,
  advice: Type.Array(Said),
})

export function discoveryRoutes(app: App, { db, vault, temporal }: Deps): void {
  app.post(
    '/inboxes/discover',
    {
      config: ADMINS,
      schema: {
        tags: ['inboxes'],
        summary: 'Find the servers of an address',
        description: 'Candidates for the connect form, the likeliest first. None is proved yet.',
        params: AccountParams,
        body: Type.Object({ address: Type.String({ minLength: 3, maxLength: 320 }) }),
        response: replies(200, Found),
      },
    },
    async (request) => {
      const { accountId } = callerOf(request)
      const address = addressAt(request.body.address)
      const nobody = { accountId, inboxId: 0 }
      const draftId = await saveDraft(db, vault, nobody, { address })
      try {
        await temporal.discoverServers({ accountId, draftId })
        const answered = (await readDraft(db, vault, nobody, draftId)) as Answered | undefined
        if (answered?.discovery === undefined) throw apiError('draft_expired')
        return presented(answered.discovery, localeOf(request))
      } finally {
        await deleteDraft(db, accountId, draftId)
      }
    },
  )

  app.get(
    '/email_providers',
    {
      config: ADMINS,
      schema: {
        tags: ['inboxes'],
        summary: 'Known mail providers and their servers, the best known first',
        params: AccountParams,
        response: replies(200, Type.Object({ data: Type.Array(Provider) })),
      },
    },
    async (request) => {
      const locale = localeOf(request)
      return { data: PRESETS.map((preset) => presentProvider(preset, locale)) }
    },
  )
}

interface Answered {
  discovery?: Discovery
}

function presentProvider(preset: EmailPreset, locale: Locale) {
  const { name, imap, smtp, oauth } = preset
  const advice = adviceOf(preset).map((code) => said(code, locale))
  return { name, imap, smtp, sign_in: oauth ?? null, advice }
}

function said(code: string, locale: Locale) {
  const [message, remedy] = hintText(code, locale)
  return { code, message, remedy }
}

function presented({ signIn, candidates, incomplete }: Discovery, locale: Locale) {
  return {
    sign_in: signIn,
    candidates: candidates.map(({ advice, ...candidate }) => {
      return { ...candidate, advice: advice.map((code) => said(code, locale)) }
    }),
    incomplete,
  }
}
