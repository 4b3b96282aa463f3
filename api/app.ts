// The table of contents of the API: every group of routes, registered by hand.
import type { Socket } from 'node:net'
import rateLimit from '@fastify/rate-limit'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import fastify, { type FastifyRequest, LogController } from 'fastify'
import { addressOf } from './address-limit.ts'
import { credentialOf, hashKey, registerAuth } from './auth.ts'
import type { App, Deps } from './context.ts'
import { apiError, handleError } from './errors.ts'
import { registerIdempotency } from './idempotency.ts'
import { registerMetrics } from './metrics.ts'
import { openApi } from './openapi.ts'
import { administrationRoutes } from './routes/administration.ts'
import { attachmentRoutes } from './routes/attachments.ts'
import { consoleRoutes } from './routes/console.ts'
import { contactRoutes } from './routes/contacts.ts'
import { conversationRoutes } from './routes/conversations.ts'
import { customAttributeRoutes } from './routes/custom-attributes.ts'
import { deliveryRoutes } from './routes/deliveries.ts'
import { discoveryRoutes } from './routes/discovery.ts'
import { eventRoutes } from './routes/events.ts'
import { healthRoutes, type Readiness } from './routes/health.ts'
import { identityTokenRoutes } from './routes/identity-tokens.ts'
import { importRoutes } from './routes/imports.ts'
import { inboxActionRoutes } from './routes/inbox-actions.ts'
import { inboxRoutes } from './routes/inboxes.ts'
import { incidentRoutes } from './routes/incidents.ts'
import { instagramInboxRoutes } from './routes/instagram-inboxes.ts'
import { integrationRoutes } from './routes/integrations.ts'
import { messagePageRoutes } from './routes/message-page.ts'
import { messageRoutes } from './routes/messages.ts'
import { metaCallbackRoutes } from './routes/meta-callbacks.ts'
import { metaInboxRoutes } from './routes/meta-inboxes.ts'
import { metaWebhookRoutes } from './routes/meta-webhooks.ts'
import { operationRoutes } from './routes/operations.ts'
import { payloadCodecRoutes } from './routes/payload-codec.ts'
import { peopleRoutes } from './routes/people.ts'
import { privacyRoutes } from './routes/privacy.ts'
import { quarantineRoutes } from './routes/quarantine.ts'
import { replyLimitRoutes } from './routes/reply-limits.ts'
import { ruleRoutes } from './routes/rules.ts'
import { sessionRoutes } from './routes/session.ts'
import { signInRoutes } from './routes/sign-in.ts'
import { teamRoutes } from './routes/teams.ts'
import { twilioInboxRoutes } from './routes/twilio-inboxes.ts'
import { uploadRoutes } from './routes/uploads.ts'
import { visitorRoutes } from './routes/visitor.ts'
import { webhookRoutes } from './routes/webhooks.ts'
import { whatsAppInboxRoutes } from './routes/whatsapp-inboxes.ts'
import { widgetRoutes } from './routes/widget.ts'
import { widgetHealthRoutes } from './routes/widget-health.ts'
import { widgetPageRoutes } from './routes/widget-pages.ts'
import { ErrorReply } from './schemas.ts'
import { compileValidator } from './validation.ts'
import { sessionTokenOf } from './visitor-auth.ts'

const VISITORS = '/api/v1/widget'

/** Builds the server without listening; `close()` ends the event streams first. */
export async function buildApp(deps: Deps): Promise<App> {
  const app = fastify({
    loggerInstance: deps.logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 1_000_000,
    trustProxy: [...deps.config.trustedProxies],
    // Long enough for a file over a slow line; headers have their own, shorter time.
    requestTimeout: 300_000,
    routerOptions: { maxParamLength: 100 },
    genReqId: () => crypto.randomUUID(),
    forceCloseConnections: 'idle',
  }).withTypeProvider<TypeBoxTypeProvider>() as unknown as App
  const readiness: Readiness = { stopping: false }

  app.setValidatorCompiler(compileValidator)
  app.addSchema(ErrorReply)
  app.setErrorHandler(handleError)
  app.setNotFoundHandler(() => {
    throw apiError('route_not_found')
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ 'x-request-id': request.id, 'x-content-type-options': 'nosniff' })
  })
  const metrics = registerMetrics(app, deps)
  registerRequestLog(app)
  closeUnusedConnections(app)
  await app.register(rateLimit, {
    global: true,
    max: deps.config.rateLimit,
    timeWindow: '1 minute',
    keyGenerator: countedAs,
    allowList: (request) => request.url.startsWith('/health/') || request.url === '/metrics',
    errorResponseBuilder: (_, { ttl }) =>
      apiError('rate_limited', undefined, Math.ceil(ttl / 1000)),
  })
  await app.register(swagger, openApi)
  await app.register(swaggerUi, { routePrefix: '/docs', uiConfig: { deepLinking: true } })
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
  healthRoutes(app, deps, { readiness, metrics })
  await consoleRoutes(app, deps.config)
  signInRoutes(app, deps)
  await payloadCodecRoutes(app, deps)
  await widgetPageRoutes(app, deps)
  await webhookRoutes(app, deps, metrics.countDelivery)
  await metaWebhookRoutes(app, deps, metrics.countDelivery)
  await metaCallbackRoutes(app, deps)

  await app.register(
    async (scope) => {
      const person = scope as unknown as App
      registerAuth(person, deps)
      sessionRoutes(person, deps)
    },
    { prefix: '/api/v1' },
  )
  await app.register(
    async (scope) => {
      const account = scope as unknown as App
      registerAuth(account, deps)
      registerIdempotency(account, deps)
      inboxRoutes(account, deps)
      inboxActionRoutes(account, deps)
      twilioInboxRoutes(account, deps)
      metaInboxRoutes(account, deps)
      instagramInboxRoutes(account, deps)
      whatsAppInboxRoutes(account, deps)
      discoveryRoutes(account, deps)
      importRoutes(account, deps)
      peopleRoutes(account, deps)
      teamRoutes(account, deps)
      ruleRoutes(account, deps)
      customAttributeRoutes(account, deps)
      conversationRoutes(account, deps)
      messageRoutes(account, deps)
      replyLimitRoutes(account, deps)
      messagePageRoutes(account, deps)
      attachmentRoutes(account, deps)
      contactRoutes(account, deps)
      privacyRoutes(account, deps)
      operationRoutes(account, deps)
      quarantineRoutes(account, deps)
      incidentRoutes(account, deps)
      deliveryRoutes(account, deps)
      administrationRoutes(account, deps)
      integrationRoutes(account, deps)
      widgetRoutes(account, deps)
      identityTokenRoutes(account, deps)
      widgetHealthRoutes(account, deps)
      await uploadRoutes(account, deps)
      const streams = eventRoutes(account, deps)
      app.addHook('preClose', async () => {
        readiness.stopping = true
        streams.close()
      })
    },
    { prefix: '/api/v1/accounts/:account_id' },
  )
  await app.register(
    async (scope) => {
      const visitors = await visitorRoutes(scope as unknown as App, deps)
      app.addHook('preClose', visitors.close)
    },
    { prefix: VISITORS },
  )
  await app.ready()
  return app

  /**
   * By the credential that the route believes, else by address: any other header would make every
   * request somebody else's. Who invents credentials is counted by address where they are refused.
   */
  function countedAs(request: FastifyRequest): string {
    const { url, config } = request.routeOptions
    const credential = url?.startsWith(`${VISITORS}/`)
      ? sessionTokenOf(request)
      : config.roles && credentialOf(deps, request)
    return credential ? hashKey(credential).toString('base64url') : addressOf(request)
  }
}

/** One on which nothing was ever asked is not idle for Node, and would hold up the end for minutes. */
function closeUnusedConnections(app: App): void {
  const unused = new Set<Socket>()
  app.server.on('connection', (socket) => {
    unused.add(socket)
    socket.once('close', () => unused.delete(socket))
  })
  app.server.on('request', ({ socket }) => unused.delete(socket))
  app.addHook('preClose', async () => {
    for (const socket of unused) socket.destroy()
  })
}

/** One line a request: ids, route and outcome. */
function registerRequestLog(app: App): void {
  app.addHook('onResponse', async (request, reply) => {
    const { id, ...others } = (request.params ?? {}) as Record<string, unknown>
    request.log.info(
      {
        request_id: request.id,
        method: request.method,
        route: request.routeOptions.url,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        ...(id === undefined ? {} : { id }),
        account_id: others.account_id,
      },
      'request',
    )
  })
}
