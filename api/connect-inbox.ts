// What connecting an inbox is for every channel: one transaction, then its workflow at once.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { findAgent } from '../db/agents.ts'
import type { Trx } from '../db/client.ts'
import { createInbox, type NewInbox } from '../messaging/create-inbox.ts'
import type { InboxRef } from '../temporal/contracts.ts'
import { callerOf } from './auth.ts'
import type { Deps } from './context.ts'
import { apiError } from './errors.ts'
import { once } from './idempotency.ts'
import { shownInbox } from './own-inbox.ts'
import { Id, OneOf, type Static, Type } from './schemas.ts'

export const claudiaOptions = {
  claudia_after_import: OneOf(['release', 'keep_off'] as const),
  claudia_max_age_seconds: Type.Integer({ minimum: 60, maximum: 30 * 86_400 }),
}
export const InboxName = Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' })

/** Of every channel's connect form. */
export const NewInboxBody = Type.Object({
  name: InboxName,
  agent_ids: Type.Array(Id, { maxItems: 500, default: [] }),
  join_default_rules: Type.Boolean({ default: true }),
  claudia_after_import: Type.Optional(claudiaOptions.claudia_after_import),
  claudia_max_age_seconds: Type.Optional(claudiaOptions.claudia_max_age_seconds),
})

type OfChannel = Omit<
  NewInbox,
  'accountId' | 'actorUserId' | 'name' | 'agentIds' | 'joinDefaultRules'
>

/** The new inbox as the API shows it, answered with 201. `more`: what is made and told with it. */
export async function connectInbox<More extends object>(
  deps: Deps,
  request: FastifyRequest,
  reply: FastifyReply,
  body: Static<typeof NewInboxBody>,
  ofChannel: OfChannel,
  more: (trx: Trx, ref: InboxRef) => Promise<More> = async () => ({}) as More,
) {
  const { accountId, userId } = callerOf(request)
  const inbox = await once(deps, request, reply, 201, async (trx) => {
    for (const id of body.agent_ids) {
      if ((await findAgent(trx, accountId, id)) === undefined) throw apiError('not_found')
    }
    const created = await createInbox(trx, deps.vault, {
      accountId,
      actorUserId: userId,
      name: body.name.trim(),
      agentIds: body.agent_ids,
      joinDefaultRules: body.join_default_rules,
      claudiaAfterImport: body.claudia_after_import,
      claudiaMaxAgeSeconds: body.claudia_max_age_seconds,
      provedAt: deps.channels.of(ofChannel.channel).provedAt?.(ofChannel.settings),
      ...ofChannel,
    })
    const { inboxId } = created
    const told = await more(trx, { accountId, inboxId })
    return { ...(await shownInbox(deps, trx, request, inboxId)), ...told }
  })
  // Only faster than the relay, which repeats it from the outbox whatever happens here.
  await deps.temporal
    .startInbox({ accountId, inboxId: inbox.id }, ofChannel.channel)
    .catch((error) => request.log.warn({ inbox_id: inbox.id, error: error.name }, 'later'))
  return inbox
}
