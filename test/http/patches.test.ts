import { Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import t from 'tap'
import { createDatabase } from '../database.js'
import { User, UserPatch, V0, at, buildApp } from './shop.js'

t.test('A20 of 200 pairs of patches at once, each of one half of a name, none is lost', async (t) => {
  const { knex } = await createDatabase(t)
  await knex.schema.createTable('users', (table) => {
    table.integer('id').primary()
    table.text('login').notNullable()
    table.text('full_name').notNullable()
    table.integer('ver').notNullable().defaultTo(0)
  })
  await knex('users').insert(Array.from({ length: 200 }, (_, id) => ({ id, login: `user${id}`, full_name: 'Ada Lovelace' })))
  const app = await buildApp(t)
  const find = async (request: FastifyRequest) => await knex('users').where({ id: Number(Object(request.params).id) }).first()
  let conflicts = 0
  app.patch('/users/:id', {
    config: { vintage: { currentResource: async (request) => { const user = await find(request); return { value: user, token: user.ver } } } },
    schema: { body: UserPatch, response: { 200: User, 409: Type.Object({}) } }
  }, async (request, reply) => {
    const { vintage: { token }, params, body } = request
    const changed = await knex('users').where({ id: Number(Object(params).id), ver: token }).update({ ...Object(body), ver: knex.raw('ver + 1') })
    if (changed === 1) return await find(request)
    conflicts++
    return await reply.code(409).send({})
  })
  await Promise.all(Array.from({ length: 200 }, async (_, id) => {
    await Promise.all([{ first_name: `First${id}` }, { last_name: `Last${id}` }].map(async (payload) => await patchUntilDone(app, `/users/${id}`, payload)))
  }))
  const rows: Array<{ id: number, full_name: string, ver: number }> = await knex('users').orderBy('id')
  t.same(rows.map(({ full_name: name }) => name), rows.map(({ id }) => `First${id} Last${id}`))
  t.ok(rows.every(({ ver }) => ver === 2))
  t.ok(conflicts > 0, `${conflicts} of them met, and were sent again`)
})

async function patchUntilDone (app: FastifyInstance, url: string, payload: object): Promise<void> {
  const { statusCode } = await app.inject({ method: 'PATCH', url, ...at(V0), payload })
  if (statusCode === 409) await patchUntilDone(app, url, payload)
  else if (statusCode !== 200) throw new Error(`status ${statusCode}`)
}
