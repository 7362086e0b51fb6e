import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { runCli } from '../run-cli.js'

const CONFIG = `
import Fastify from 'fastify'
import { Type } from '@sinclair/typebox'
import vintage, { defineConfig } from 'fastify-vintage'

const User = Type.Object({ id: Type.Integer(), created_at: Type.String() }, { $id: 'User' })

export default defineConfig({
  app: async () => {
    const app = Fastify()
    await app.register(vintage, { versions: { '2024-01-01': [], '2024-09-01': (await import('./versions/2024-09-01.js')).default }, default: '2024-01-01' })
    app.get('/users/:id', { schema: { response: { 200: User } } }, async () => ({ id: 1, created_at: 'now' }))
    return app
  }
})
`
const versions = {
  '2024-01-01.ts': 'export default []',
  '2024-09-01.ts': "import { change, rename } from 'fastify-vintage'\nexport default change('c', 'User', rename({ created: 'created_at' }))"
}

t.test('A37 types writes the shapes of every version, so that `User` at the oldest can be named, and tells when they are stale', async (t) => {
  const cwd = t.testdir({ 'vintage.config.ts': CONFIG, versions })
  t.match(await runCli(['types', '--check'], { cwd }), { exitCode: 1, stdout: 'versions/types.d.ts is not there: run `vintage types`' })
  t.match(await runCli(['types'], { cwd }), { exitCode: 0, stdout: 'wrote versions/types.d.ts: 2 versions' })
  t.match(await runCli(['types', '--check'], { cwd }), { exitCode: 0, stdout: 'versions/types.d.ts is up to date: 2 versions' })
  const text = await readFile(join(cwd, 'versions/types.d.ts'), 'utf8')
  t.match(text, "  '2024-01-01': V2024_01_01\n  '2024-09-01': V2024_09_01\n")
  t.match(text, 'export interface V2024_01_01 {\n  User: {\n    created: string\n    id: number\n  }\n')
  t.match(text, "export interface V2024_09_01 extends Omit<V2024_01_01, 'User' | 'GET /users/:id 200'> {\n  User: {\n    created_at: string\n    id: number\n  }\n")
  await writeFile(join(cwd, 'versions/types.d.ts'), 'export {}')
  t.match(await runCli(['types', '--check', '--json'], { cwd }), { exitCode: 1, stdout: /"ok": false/ })
  t.match(await runCli(['check'], { cwd }), { exitCode: 1, stdout: /types: .*versions\/types\.d\.ts is stale: run `vintage types`/ })
  t.match(await runCli(['check', '--update'], { cwd }), { exitCode: 0 })
  t.equal(await readFile(join(cwd, 'versions/types.d.ts'), 'utf8'), text, 'and brought up to date with the lock')
})

t.test('types needs an app, and one that starts', async (t) => {
  const cwd = t.testdir({ 'vintage.config.ts': 'export default {}', 'broken.ts': "export default { app: () => { throw new Error('no such file') } }", versions })
  t.match(await runCli(['types'], { cwd }), { exitCode: 2, stderr: /vintage\.config\.ts names no `app`/ })
  t.match(await runCli(['types', '--config', 'broken.ts'], { cwd }), { exitCode: 1, stdout: 'app: no such file' })
})

t.test('an app without the plugin has no shapes', async (t) => {
  const cwd = t.testdir({ 'vintage.config.ts': "import Fastify from 'fastify'\nexport default { app: () => Fastify() }", versions })
  t.match(await runCli(['types'], { cwd }), { exitCode: 1, stdout: /^app: The app of the config does not register fastify-vintage, the config names 2024-01-01, 2024-09-01/ })
})
