import Fastify from 'fastify'
import { vintageKnex } from 'fastify-vintage/knex'
import { answerQuestions } from '../harness/answer.js'
import { FULL_NAME, MOVE } from './move.js'

// The program of an API over the table: node benchmark/data/api-case.ts <url>

const [url = ''] = process.argv.slice(2)
const app = Fastify()
await app.register(vintageKnex, { knex: { client: 'pg', connection: { connectionString: url, application_name: 'api' }, pool: { min: 10, max: 10 } }, versions: { [MOVE]: FULL_NAME } })

app.get<{ Params: { id: number } }>('/customers/:id', async ({ params }) => await app.knex('customers').where({ id: params.id }).first('id', 'full_name', 'email', 'city'))
app.patch<{ Params: { id: number }, Body: { full_name: string } }>('/customers/:id', async ({ params, body }) => {
  const [row] = await app.knex('customers').where({ id: params.id }).update({ full_name: body.full_name }).returning(['id', 'full_name'])
  return row
})

await app.listen({ host: '127.0.0.1', port: 0 })
answerQuestions({ port: () => Number(new URL(app.listeningOrigin).port) })
