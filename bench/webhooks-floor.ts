// The floor of bench/webhooks.ts as a program of its own: bare Fastify, one INSERT of the same bytes.
import fastify from 'fastify'
import postgres from 'postgres'

const sql = postgres(process.env.DATABASE_URL!, { max: 20 })
await sql`create table if not exists floor (
  id bigint generated always as identity primary key, body bytea not null)`
const app = fastify({ logger: false })
app.removeAllContentTypeParsers()
app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
app.post('/webhooks/*', async (request, reply) => {
  await sql`insert into floor (body) values (${request.body as Buffer})`
  return reply.code(200).send()
})
await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
process.on('SIGTERM', () => process.exit(0))
