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
    await app.register(vintage, { versions: { '2024-01-01': [], ...(await import('./changes.js')).changes }, default: '2024-01-01' })
    app.get('/users/:id', { schema: { response: { 200: User } } }, async () => ({ id: 1, created_at: 'now' }))
    return app
  }
})
`
const RENAME = `
import { change, rename } from 'fastify-vintage'
export default change('\`created\` is now \`created_at\`', 'User', rename({ created: 'created_at' }))
`
const WRONG_REPLACE = `
import { Type } from '@sinclair/typebox'
import { change, replace } from 'fastify-vintage'
export default change('\`cents\` replaces \`euros\`', 'Order', replace({
  before: { euros: Type.Integer({ minimum: 0, maximum: 100 }) },
  after: { cents: Type.Integer({ minimum: 0, maximum: 10_000 }) },
  upgrade: ({ euros }) => ({ cents: euros * 100 }),
  downgrade: ({ cents }) => ({ euros: Math.floor(cents / 10) % 100 })
}))
`

t.test('check says that all is well, with what was checked', async (t) => {
  const cwd = t.testdir({
    'vintage.config.ts': CONFIG,
    'changes.ts': "import rename from './versions/2024-09-01.js'\nexport const changes = { '2024-09-01': rename }\n",
    versions: { '2024-01-01.ts': 'export default []', '2024-09-01.ts': RENAME }
  })
  const { exitCode, stdout, stderr } = await runCli(['check', '--update'], { cwd })
  t.equal(exitCode, 0, stdout + stderr)
  t.equal(stdout, '+ 2024-01-01\n+ 2024-09-01\nall is well: 2 versions, 1 change, 0 transitions, the app\n')
  t.match(JSON.parse((await runCli(['check', '--json'], { cwd })).stdout), { ok: true, written: [], unchecked: [], lock: /versions\/contract\.lock\.json$/, versions: ['2024-01-01', '2024-09-01'], changes: 1, app: true, problems: [] })
})

t.test('a law that a change does not keep is told with file, change, law and value', async (t) => {
  const cwd = t.testdir({ 'vintage.config.ts': 'export default {}', versions: { '2024-01-01.ts': 'export default []', '2024-09-01': { 'cents.ts': WRONG_REPLACE } } })
  const { exitCode, stdout } = await runCli(['check'], { cwd })
  t.equal(exitCode, 1)
  t.match(stdout, /^2024-09-01\/cents\.ts: `cents` replaces `euros`\n {2}version: 2024-09-01\n {2}law: {5}\w.*\n {2}value: {3}.+\n.*\n {2}seed: {4}\d+\n/)
  t.match(stdout, /\n\n\d+ problems? in 2 versions, 1 change, 0 transitions\n$/)
  const { problems } = JSON.parse((await runCli(['check', '--json'], { cwd })).stdout)
  t.match(problems[0], { kind: 'law', file: '2024-09-01/cents.ts', version: '2024-09-01', change: '`cents` replaces `euros`', law: String, message: String })
  const { seed } = problems[0]
  t.match(JSON.parse((await runCli(['check', '--json', '--seed', String(seed), '--runs', '300'], { cwd })).stdout).problems[0], { seed }, 'the seed replays it')
})

t.test('a change that refers to another schema is told to be untried without an app', async (t) => {
  const change = "import { Type } from '@sinclair/typebox'\nimport { change, ref, replace } from 'fastify-vintage'\nexport default change('c', 'Order', replace({ before: { a: Type.String() }, after: { b: ref('Money') }, upgrade: () => ({ b: 1 }) }))"
  const cwd = t.testdir({ 'vintage.config.ts': 'export default {}', versions: { '2024-01-01.ts': 'export default []', '2024-09-01.ts': change } })
  t.match(await runCli(['check'], { cwd }), { exitCode: 0, stdout: /not checked\n {2}refers to `Money`.*\nall is well/ })
})

t.test('a scaffold whose functions are not written yet does not pass', async (t) => {
  const cwd = t.testdir({ 'vintage.config.ts': 'export default {}', versions: { '2024-01-01.ts': 'export default []' } })
  await runCli(['new', 'full_name replaces first_name and last_name', '--version', '2027-01-01'], { cwd })
  t.match(await runCli(['check'], { cwd }), { exitCode: 1, stdout: /2027-01-01\/full-name\.ts: .*to be written/s })
})

t.test('a transition that is not well defined is a problem', async (t) => {
  const cwd = t.testdir({ 'vintage.config.ts': 'export default {}', versions: { '2024-01-01.ts': 'export default []', transitions: { 'users.full_name.ts': 'export default {}' } } })
  t.match(await runCli(['check'], { cwd }), { exitCode: 1, stdout: /^transition: transition `users\.full_name`: .*\n\n1 problem in 1 version/ })
})

t.test('transitions are counted', async (t) => {
  const transition = "import { transition } from 'fastify-vintage/knex'\nexport default transition({ table: 't', before: { a: 'text' }, after: { b: 'text' }, upgrade: { b: 'a' }, downgrade: { a: 'b' } })"
  const cwd = t.testdir({ 'vintage.config.ts': 'export default {}', versions: { '2024-01-01.ts': 'export default []', transitions: { 't.b.ts': transition } } })
  t.match(JSON.parse((await runCli(['check', '--json'], { cwd })).stdout), { ok: true, transitions: ['t.b'], app: false })
})

t.test('an app whose schemas the versions do not fit is a problem', async (t) => {
  const cwd = t.testdir({
    'vintage.config.ts': CONFIG,
    'changes.ts': "import { change, rename } from 'fastify-vintage'\nexport const changes = { '2024-09-01': change('x', 'Nobody', rename({ a: 'b' })) }\n",
    versions: { '2024-01-01.ts': 'export default []' }
  })
  const { exitCode, stdout } = await runCli(['check', '--json'], { cwd })
  t.equal(exitCode, 1)
  t.match(JSON.parse(stdout), { ok: false, problems: [{ kind: 'app', code: 'FST_ERR_VINTAGE_MISFIT', message: /Nobody/ }] })
})

t.test('an app that cannot be built is a problem', async (t) => {
  const cwd = t.testdir({
    'error.ts': "export default { app: () => { throw new Error('no such file') } }",
    'text.ts': "export default { app: () => { throw 'a text' } }",
    versions: { '2024-01-01.ts': 'export default []' }
  })
  const told = '1 problem in 1 version, 0 changes, 0 transitions, the app\n'
  t.match(await runCli(['check', '--config', 'error.ts'], { cwd }), { exitCode: 1, stdout: `app: no such file\n\n${told}` })
  t.match(await runCli(['check', '--config', 'text.ts'], { cwd }), { exitCode: 1, stdout: `app: a text\n\n${told}` })
})

t.test('version files that cannot be loaded end the check', async (t) => {
  const cwd = t.testdir({ 'vintage.config.ts': 'export default {}', versions: { '2024-1-1.ts': 'export default []' } })
  t.match(await runCli(['check'], { cwd }), { exitCode: 1, stdout: '', stderr: /`2024-1-1` is not a date.*FST_ERR_VINTAGE_MISFIT/s })
})
