// What a person asks of a running inbox: check, reconnect, pause, resume, sync, ClaudIA.
import { validateEmailForm } from '../../channels/email/settings.ts'
import { deleteDraft, saveDraft } from '../../db/connect-drafts.ts'
import { findInbox } from '../../db/inboxes.ts'
import { switchClaudia } from '../../db/person-changes.ts'
import { newestImports } from '../../db/views/inboxes.ts'
import { hintText } from '../../locales/hints.ts'
import { askingText } from '../../locales/texts.ts'
import type { PreflightStage } from '../../temporal/contracts.ts'
import { callerOf, visible } from '../auth.ts'
import { editedForm, reconnect } from '../connect-form.ts'
import type { App, Caller, Deps } from '../context.ts'
import { apiError, localeOf } from '../errors.ts'
import { inboxUpdate } from '../inbox-update.ts'
import { ConnectForm, EditForm } from '../resources/email-form.ts'
import { InboxSchema, presentInbox } from '../resources/inbox.ts'
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

export function inboxActionRoutes(app: App, deps: Deps): void {
  const { db, config, temporal, clock } = deps
  const admins = { roles: [] as const }

  app.post(
    '/inboxes/preflight',
    {
      config: admins,
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
      config: admins,
      schema: {
        tags: ['inboxes'],
        summary: 'Reconnect, with new or the stored credentials',
        description: 'Without a body: check again. The gap is recovered from the stored cursor.',
        params: ItemParams,
        body: Type.Union([EditForm, Type.Null()]),
        response: replies(200, InboxSchema),
      },
    },
    async (request) => {
      const caller = callerOf(request)
      const row = await mine(caller, request.params.id)
      const form = await editedForm(deps, row, request.body ?? {})
      const ref = { accountId: caller.accountId, inboxId: row.id }
      const actorUserId = caller.userId
      await reconnect(deps, ref, { form, actorUserId }, localeOf(request))
      return load(caller, row.id, localeOf(request))
    },
  )

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
        config: admins,
        schema: {
          tags: ['inboxes'],
          summary,
          params: ItemParams,
          response: replies(200, InboxSchema),
        },
      },
      async (request) => {
        const caller = callerOf(request)
        const { id } = await mine(caller, request.params.id)
        const ref = { accountId: caller.accountId, inboxId: id }
        // A sync changes nothing that somebody might later ask about.
        const input = update === 'syncNow' ? {} : { actorUserId: caller.userId }
        await inboxUpdate(deps, ref, update, input, localeOf(request))
        return load(caller, id, localeOf(request))
      },
    )
  }

  app.put(
    '/inboxes/:id/claudia',
    {
      config: admins,
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
      const { id } = await mine(caller, request.params.id)
      await switchClaudia(db, caller.accountId, id, request.body.mode, caller.userId)
      return load(caller, id, localeOf(request))
    },
  )

  async function mine(caller: Caller, id: number) {
    const row = visible(caller, await findInbox(db, caller.accountId, id), ({ id }) => id)
    if (row.phase === 'disconnected') throw apiError('inbox_disconnected')
    return row
  }

  async function load(caller: Caller, id: number, locale: ReturnType<typeof localeOf>) {
    const row = visible(caller, await findInbox(db, caller.accountId, id), ({ id }) => id)
    const imports = await newestImports(db, caller.accountId, [id])
    return presentInbox(row, imports.get(id), { config, locale, now: clock() })
  }
}
