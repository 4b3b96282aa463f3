// What Meta tells of people who once signed in with Facebook: that they removed the app, or want to be
// forgotten. Both are proved by a signature of the operator's app.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { SignatureRefused } from '../../channels/errors.ts'
import { readWithdrawal, type Withdrawal } from '../../channels/meta/signed-request.ts'
import { filled, negotiateLocale, texts } from '../../locales/texts.ts'
import { withdrawAccess } from '../../messaging/withdraw-access.ts'
import { isSignatureOf, signatureOf } from '../../storage/signatures.ts'
import type { App, Deps } from '../context.ts'
import { apiError } from '../errors.ts'
import { keepRawBodies, rawRequest } from '../raw-requests.ts'
import { Type } from '../schemas.ts'
import { sendPage } from '../sign-in-page.ts'

const quiet = { rateLimit: false as const }
const rateLimit = { max: 30, timeWindow: '1 minute' }
/** A signed request is some hundred bytes. */
const bodyLimit = 16_000

/** Without an app there is nobody who could prove anything, so there are no such routes. */
export async function metaCallbackRoutes(app: App, deps: Deps): Promise<void> {
  const { meta, publicUrl } = deps.config
  if (meta === null) return

  await app.register(async (scope) => {
    keepRawBodies(scope as unknown as App)
    const options = { bodyLimit, config: quiet, schema: { hide: true } }

    scope.post('/meta/deauthorize', options, async (request, reply) => {
      await withdrawn(provedIn(request), 'deauthorize callback', false)
      return reply.type('text/plain').send('OK')
    })

    scope.post('/meta/data_deletion', options, async (request) => {
      const withdrawal = provedIn(request)
      await withdrawn(withdrawal, 'data deletion callback', true)
      const code = codeOf(deps.clock())
      return { url: `${publicUrl}/meta/data_deletion/${code}`, confirmation_code: code }
    })
  })

  app.get(
    '/meta/data_deletion/:code',
    {
      config: { rateLimit },
      schema: { hide: true, params: Type.Object({ code: Type.String({ maxLength: 100 }) }) },
    },
    async (request, reply) => deletionPage(request, reply, request.params.code),
  )

  function provedIn(request: FastifyRequest): Withdrawal {
    try {
      return readWithdrawal(rawRequest(deps, request).body, meta!, deps.clock())
    } catch (error) {
      if (error instanceof SignatureRefused) throw apiError('signature_refused')
      throw error
    }
  }

  function withdrawn({ userId, at }: Withdrawal, evidence: string, forget: boolean) {
    const what = { channel: 'instagram' as const, reason: 'app_removed', evidence, forget }
    return withdrawAccess(deps.db, { ...what, owner: userId, at }, deps.clock())
  }

  /** All is done when Meta is answered, so the code need only say when, and that we said so. */
  function codeOf(at: Date): string {
    const time = String(at.getTime())
    return `${time}-${signatureOf(deps.config, 'deletions', time)}`
  }

  function deletionPage({ headers }: FastifyRequest, reply: FastifyReply, code: string) {
    const [time = '', ...signature] = code.split('-')
    const isOurs = isSignatureOf(deps.config, 'deletions', time, signature.join('-'))
    if (!isOurs) throw apiError('not_found')
    const locale = negotiateLocale(headers['accept-language'], 'en')
    const { deletion_title: title, deletion_done: done } = texts[locale].phrases
    const at = new Date(Number(time)).toISOString()
    return sendPage(reply, 200, locale, { title, lines: [filled(done, { at })] })
  }
}
