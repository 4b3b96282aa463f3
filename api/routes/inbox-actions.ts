// What a person asks of a running inbox: check, reconnect, pause, resume, sync, ClaudIA.
import type { FastifyRequest } from 'fastify'
import { validateEmailForm } from '../../channels/email/settings.ts'
import { switchClaudia } from '../../db/changes-by-people.ts'
import { deleteDraft, saveDraft } from '../../db/connect-drafts.ts'
import { factsOfInbox, type InboxRow } from '../../db/inboxes.ts'
import { needsReauthorization } from '../../domain/inbox.ts'
import { hintText } from '../../locales/hints.ts'
import { askingText } from '../../locales/texts.ts'
import type { PreflightStage } from '../../temporal/contracts.ts'
import { ADMINS, callerOf } from '../auth.ts'
import { editedForm, reconnect } from '../connect-form.ts'
import { beginAgain, ReturnUrl, signInOf } from '../consents.ts'
import type { App, Deps } from '../context.ts'
import { apiError, localeOf } from '../errors.ts'
import { inboxUpdate } from '../inbox-update.ts'
import { livingInbox, shownInbox } from '../own-inbox.ts'
import { ConnectForm, EditForm } from '../resources/email-form.ts'
import { ConnectingSchema, InboxSchema } from '../resources/inbox.ts'
import { TwilioEdit } from '../resources/twilio-form.ts'
import { WhatsAppEdit } from '../resources/whatsapp-form.ts'
import { AccountParams, ItemParams, Nullable, OneOf, replies, Type } from '../schemas.ts'

const Said = Type.Object({ code: Type.String(), message: Type.String(), remedy: Type.String() })
const Preflight = Type.Object({
  ok: Type.Boolean(),
  stages: Type.Array(
    Type.Object({
      stage: Type.String(),
      ok: Type.Boolean(),
      reason: Nullable(Said),
      evidence: Nullable(Type.String({ description: 'The server’s own words' })),
      likely_causes: Type.Array(Said),
    }),
  ),
})

const Returning = Type.Object({ return_url: Type.Optional(ReturnUrl) })

/** Its access is good, and something else at the provider had to be mended. */
function isCheckedAgain(row: InboxRow): boolean {
  const facts = factsOfInbox(row)
  if (facts.phase === 'connecting' || needsReauthorization(facts)) return false
  return facts.receive.status === 'action_required' || facts.send.status === 'action_required'
}

export function inboxActionRoutes(app: App, deps: Deps): void {
  const { db, config, temporal } = deps

  app.post(
    '/inboxes/preflight',
    {
      config: ADMINS,
      schema: {
        tags: ['inboxes'],
        summary: 'Try a connect form without connecting',
        description: 'Names the stage that fails, with the server’s words and the likely causes.',
        params: AccountParams,
        body: ConnectForm,
        response: replies(200, Preflight),
      },
    },
    async (request) => {
      const { accountId } = callerOf(request)
      const form = validateEmailForm(request.body, config)
      const draftId = await saveDraft(db, deps.vault, { accountId, inboxId: 0 }, form)
      try {
        const stages = await temporal.runPreflight({ accountId, inboxId: 0, draftId })
        const said = (code: string, textOf: typeof askingText) => {
          const [message, remedy] = textOf(code, localeOf(request))
          return { code, message, remedy }
        }
        return {
          ok: stages.every(({ ok }) => ok),
          stages: stages.map((stage: PreflightStage) => ({
            stage: stage.stage,
            ok: stage.ok,
            reason: stage.reason === undefined ? null : said(stage.reason, askingText),
            evidence: stage.evidence ?? null,
            likely_causes: (stage.causes ?? []).map((code) => said(code, hintText)),
          })),
        }
      } finally {
        await deleteDraft(db, accountId, draftId)
      }
    },
  )

  app.post(
    '/inboxes/:id/reconnect',
    {
      config: { ...ADMINS, secretReply: true },
      schema: {
        tags: ['inboxes'],
        summary: 'Reconnect, with new or the stored credentials',
        description:
          'Without a body: check again. The gap is recovered from the stored cursor. Where a ' +
          'sign-in is wanted, the reply says where; until it is done all stays as it is.',
        params: ItemParams,
        body: Type.Union([
          Type.Intersect([EditForm, TwilioEdit, WhatsAppEdit, Returning]),
          Type.Null(),
        ]),
        response: replies(200, ConnectingSchema),
      },
    },
    async (request) => {
      const caller = callerOf(request)
      const row = await livingInbox(db, request)
      const signIn = signInOf(deps, row.channel)
      if (signIn && !isCheckedAgain(row)) return authorize(request, row, request.body?.return_url)
      const form = await editedForm(deps, row, request.body ?? {})
      const ref = { accountId: caller.accountId, inboxId: row.id }
      const actorUserId = caller.userId
      await reconnect(deps, ref, { form, actorUserId }, localeOf(request))
      return { ...(await shownInbox(deps, db, request, row.id)), authorization: null }
    },
  )

  app.post(
    '/inboxes/:id/authorize',
    {
      config: { ...ADMINS, secretReply: true },
      schema: {
        tags: ['inboxes'],
        summary: 'A new link to sign in at the provider',
        description: 'Good for half an hour and once; the one before it ends.',
        params: ItemParams,
        body: Type.Union([Returning, Type.Null()]),
        response: replies(200, ConnectingSchema),
      },
    },
    async (request) => {
      const row = await livingInbox(db, request)
      if (!signInOf(deps, row.channel)) throw apiError('not_by_sign_in')
      return authorize(request, row, request.body?.return_url)
    },
  )

  async function authorize(request: FastifyRequest, row: InboxRow, returnUrl?: string) {
    const { userId: actorUserId } = callerOf(request)
    const authorization = await beginAgain(deps, row, { actorUserId, returnUrl })
    return { ...(await shownInbox(deps, db, request, row.id)), authorization }
  }

  const simple = [
    ['pause', 'pause', 'Stop our calls to the provider'],
    ['resume', 'resume', 'Go on after a pause'],
    ['sync', 'syncNow', 'Sync now'],
    ['claudia/release', 'releaseClaudia', 'End the hold of ClaudIA for live messages'],
  ] as const
  for (const [path, update, summary] of simple) {
    app.post(
      `/inboxes/:id/${path}`,
      {
        config: ADMINS,
        schema: {
          tags: ['inboxes'],
          summary,
          params: ItemParams,
          response: replies(200, InboxSchema),
        },
      },
      async (request) => {
        const caller = callerOf(request)
        const { id } = await livingInbox(db, request)
        const ref = { accountId: caller.accountId, inboxId: id }
        // A sync changes nothing that somebody might later ask about.
        const input = update === 'syncNow' ? {} : { actorUserId: caller.userId }
        await inboxUpdate(deps, ref, update, input, localeOf(request))
        return shownInbox(deps, db, request, id)
      },
    )
  }

  app.put(
    '/inboxes/:id/claudia',
    {
      config: ADMINS,
      schema: {
        tags: ['inboxes'],
        summary: 'Switch ClaudIA on or off',
        description: '`off` survives the end of a hold. On while held: it begins when that ends.',
        params: ItemParams,
        body: Type.Object({ mode: OneOf(['on', 'off'] as const) }),
        response: replies(200, InboxSchema),
      },
    },
    async (request) => {
      const caller = callerOf(request)
      const { id } = await livingInbox(db, request)
      await switchClaudia(db, caller.accountId, id, request.body.mode, caller.userId)
      return shownInbox(deps, db, request, id)
    },
  )
}
