// How the OpenAPI document is made; api/openapi.json is its golden copy (scripts/write-openapi.ts).
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'

export const openApi: FastifyDynamicSwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Cloud Chat inboxes',
      version: '1.0.0',
      description:
        'Connects inboxes and keeps them alive. Times are ISO-8601 UTC. Lists answer next_cursor. ' +
        'Every POST honours Idempotency-Key for 24 hours. Errors carry a stable code, a message ' +
        'and a remedy by Accept-Language (pt-BR, en), else in the language of the account.',
    },
    servers: [{ url: '/' }],
    components: {
      securitySchemes: {
        api_access_token: { type: 'apiKey', in: 'header', name: 'api_access_token' },
        bearer: { type: 'http', scheme: 'bearer' },
      },
    },
    security: [{ api_access_token: [] }, { bearer: [] }],
  },
  refResolver: {
    buildLocalReference: (json, _base, _fragment, index) =>
      typeof json.$id === 'string' ? json.$id : `schema-${index}`,
  },
}
