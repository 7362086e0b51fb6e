import { randomUUID } from 'node:crypto'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'
import { loadConfig, type LoadedConfig } from '../../src/cli/load-config.js'
import { createTestIo } from './run-cli.js'

/** Loads a config with this text from an otherwise empty folder, under a name of its own, since modules are kept by path. */
async function load (t: Test, text: string, env: Record<string, string> = {}): Promise<{ folder: string, config: LoadedConfig }> {
  const name = `${randomUUID()}.ts`
  const folder = t.testdir({ [name]: text })
  return { folder, config: await loadConfig(createTestIo({ cwd: folder, env }).io, name) }
}

t.test('paths start at the folder of the config, and versions/ is the default', async (t) => {
  const { folder, config } = await load(t, "export default { migrations: './db/migrations' }")
  t.equal(dirname(config.file), folder)
  t.same(config.versions, pathToFileURL(`${folder}/versions/`))
  t.same(config.transitions, pathToFileURL(`${folder}/versions/`))
  t.same(config.migrations, pathToFileURL(`${folder}/db/migrations/`))
  t.equal(config.app, undefined)
})

t.test('folders may be file URLs, as objects or as text', async (t) => {
  const { folder, config } = await load(t, "export default { versions: new URL('./history/', import.meta.url), migrations: new URL('./m', import.meta.url).href }")
  t.same(config.versions, pathToFileURL(`${folder}/history/`))
  t.same(config.migrations, pathToFileURL(`${folder}/m/`))
})

t.test('versions and transitions may stand in the config', async (t) => {
  t.same((await load(t, "export default { versions: { '2024-01-01': [] } }")).config.transitions, {})
  const { config } = await load(t, "export default { versions: { '2024-01-01': [] }, transitions: { 'users.full_name': {} } }")
  t.same(config.versions, { '2024-01-01': [] })
  t.same(config.transitions, { 'users.full_name': {} })
  t.equal(config.migrations, undefined)
})

t.test('the database is the one of the config, else DATABASE_URL', async (t) => {
  const env = { DATABASE_URL: 'postgres://env/db' }
  t.equal(await (await load(t, 'export default {}', env)).config.connection(), 'postgres://env/db')
  t.equal(await (await load(t, "export default { connection: 'postgres://config/db' }", env)).config.connection(), 'postgres://config/db')
  t.same(await (await load(t, 'export default { connection: async () => ({ port: 5433 }) }', env)).config.connection(), { port: 5433 })
  await t.rejects((await load(t, 'export default {}')).config.connection(), { code: 'FST_ERR_VINTAGE_CONFIG', message: /DATABASE_URL/ })
  await t.rejects((await load(t, "export default { connection: () => '' }")).config.connection(), { code: 'FST_ERR_VINTAGE_CONFIG' })
})

t.test('--config names another file; without it .ts, .js and .mjs are looked for', async (t) => {
  const folder = t.testdir({ deep: { 'my.config.mjs': 'export default {}' }, ts: { 'vintage.config.ts': 'export default {}', 'vintage.config.js': '' }, js: { 'vintage.config.js': 'export default {}' }, mjs: { 'vintage.config.mjs': 'export default {}' } })
  const load = async (cwd: string, named?: string): Promise<string> => (await loadConfig(createTestIo({ cwd }).io, named)).file
  t.equal(await load(folder, 'deep/my.config.mjs'), join(folder, 'deep/my.config.mjs'))
  t.equal(await load(join(folder, 'ts')), join(folder, 'ts/vintage.config.ts'))
  t.equal(await load(join(folder, 'js')), join(folder, 'js/vintage.config.js'))
  t.equal(await load(join(folder, 'mjs')), join(folder, 'mjs/vintage.config.mjs'))
})

t.test('a config that is not there is told with what was looked for', async (t) => {
  const { io } = createTestIo({ cwd: t.testdir({}) })
  await t.rejects(loadConfig(io, undefined), { code: 'FST_ERR_VINTAGE_CONFIG', message: /There is no vintage\.config\.ts .*--config/ })
  await t.rejects(loadConfig(io, 'other.ts'), { code: 'FST_ERR_VINTAGE_CONFIG', message: /There is no config .*other\.ts/ })
})

t.test('what is wrong with a config is told in one sentence', async (t) => {
  const wrong: [text: string, message: RegExp][] = [
    ['export const config = {}', /has no config: `export default/],
    ["export default 'versions'", /has no config/],
    ['export default { version: {} }', /there is no setting `version`\. The settings are versions, transitions, migrations, connection, app/],
    ['export default { constructor: {} }', /there is no setting `constructor`/],
    ['export default { versions: 1 }', /`versions` is of type number; wanted a folder/],
    ['export default { versions: null }', /`versions` is null; wanted a folder/],
    ["export default { transitions: 'x' }", /`transitions` is of type string; wanted a record/],
    ['export default { migrations: [] }', /`migrations` is of type object; wanted a folder/],
    ['export default { connection: 1 }', /`connection` is of type number/],
    ['export default { app: {} }', /`app` is of type object; wanted a function/]
  ]
  for (const [text, message] of wrong) await t.rejects(load(t, text), { code: 'FST_ERR_VINTAGE_CONFIG', message }, text)
})

t.test('a config that throws is told with its cause', async (t) => {
  const thrown = load(t, "throw new Error('no such host')")
  await t.rejects(thrown, { code: 'FST_ERR_VINTAGE_CONFIG', message: /could not be loaded: no such host/, cause: { message: 'no such host' } })
  await t.rejects(load(t, "throw 'a text'"), { message: /could not be loaded: a text/ })
})
