import Fastify from 'fastify'
import t from 'tap'
import vintageKnex, { spanning, transition, vintageKnex as named } from '../src/knex.js'
import { createTwins, fullName } from './data/knex/twins.js'
import { createDatabase } from './database.js'

t.test('app.knex speaks head columns, joins the fleet at ready and leaves it at close', async (t) => {
  const { url, root } = await createTwins(t, 'backfill')
  const app = Fastify()
  await app.register(vintageKnex, {
    knex: { client: 'pg', connection: url, searchPath: ['live'] },
    versions: { 'users.full_name': fullName },
    instance: { name: 'app', build: 'v1' }
  })
  app.get('/users', async () => await app.knex('users').where('full_name', 'like', 'Ada%').orderBy('id').pluck('full_name'))
  const instances = async (): Promise<unknown> => await root('vintage.instances').where('name', 'app').select('build', 'transitions')
  t.strictSame(await instances(), [])
  await app.ready()
  t.strictSame(await instances(), [{ build: 'v1', transitions: ['users.full_name'] }])
  const response = await app.inject('/users')
  t.strictSame(response.json(), ['Ada Lovelace', 'Ada Lovelace'])
  await app.close()
  t.strictSame(await instances(), [])
})

t.test('D16 an app whose columns are not served yet does not become ready', async (t) => {
  const { url } = await createDatabase(t)
  const app = Fastify()
  t.teardown(async () => await app.close())
  await app.register(vintageKnex, { knex: { client: 'pg', connection: url }, versions: { 'users.full_name': fullName } })
  await t.rejects(async () => await app.ready(), { code: 'FST_ERR_VINTAGE_REFUSED_NOT_READY' })
})

t.test('phases that cannot be read are logged, as anything else is, with its own message', async (t) => {
  const { url, root } = await createTwins(t, 'backfill')
  const lines: string[] = []
  const app = Fastify({ logger: { level: 'error', stream: { write: (line) => lines.push(line) } } })
  t.teardown(async () => await app.close())
  await app.register(vintageKnex, { knex: { client: 'pg', connection: url }, versions: { 'users.full_name': fullName }, pollMs: 10 })
  await app.ready()
  await root('vintage.transitions').update({ phase: 'sideways' })
  while (lines.length === 0) await new Promise((resolve) => setTimeout(resolve, 10))
  t.match(JSON.parse(lines[0] ?? ''), { msg: /^vintage: schema vintage holds a row .*sideways/, err: { message: /sideways/ } })
})

t.test('options that make no sense are refused at registration', async (t) => {
  const knex = { client: 'pg', connection: 'postgres://localhost/none' }
  for (const options of [{ knex, versions: {}, pollMs: 0 }, { knex, versions: {}, pollMs: 1000, leaseMs: 1500 }, { knex: { client: 'redshift' }, versions: {} }]) {
    await t.rejects(spanning(options), { code: 'FST_ERR_VINTAGE_INVALID_OPTION' })
  }
  await t.rejects(spanning({ knex, versions: new URL('nowhere/', import.meta.url), importModule: async () => ({}), pollMs: -1 }), { code: 'FST_ERR_VINTAGE_INVALID_OPTION' })
})

t.test('transitions are read from versions/transitions/, by whatever loads them', async (t) => {
  const { url } = await createTwins(t, 'backfill')
  const versions = t.testdir({ transitions: { 'users.full_name.ts': '' } })
  const loaded: string[] = []
  const { knex, stop } = await spanning({
    knex: { client: 'pg', connection: url, searchPath: ['live'] },
    versions,
    importModule: async (file) => {
      loaded.push(file)
      return { default: fullName }
    }
  })
  t.teardown(stop)
  t.equal((await knex('users').where('id', 2).first('full_name')).full_name, 'Bob')
  t.match(loaded, [/users\.full_name\.ts$/])
})

t.test('the entry gives the plugin by name and by default', async (t) => {
  t.equal(vintageKnex, named)
  t.type(transition, 'function')
})
