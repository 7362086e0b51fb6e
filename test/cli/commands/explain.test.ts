import t from 'tap'
import { runCli } from '../run-cli.js'

const config = (versions: string) => `
import Fastify from 'fastify'
import { Type } from '@sinclair/typebox'
import vintage, { change, defineConfig, rename, replace } from 'fastify-vintage'

const User = Type.Object({ id: Type.Integer(), full_name: Type.String(), created_at: Type.String() }, { $id: 'User' })
const renamed = change('\`created\` is now \`created_at\`', 'User', rename({ created: 'created_at' }))
const merged = change('\`full_name\` replaces \`name\`', 'User', replace({
  before: { name: Type.String() }, after: { full_name: Type.String() }, upgrade: ({ name }) => ({ full_name: name }), downgrade: ({ full_name }) => ({ name: full_name })
}))

export default defineConfig({
  versions: './versions/',
  app: async () => {
    const app = Fastify()
    ${versions}
    app.post('/users', { schema: { body: User, response: { 201: User } } }, async () => null)
    return app
  }
})
`
const ONE = "await app.register(vintage, { versions: { '2024-01-01': [], '2024-09-01': renamed, '2025-01-01': merged }, default: '2024-01-01' })"

t.test('explain shows the changes and the code, both ways for a schema and one for a place', async (t) => {
  const cwd = t.testdir({ 'vintage.config.ts': config(ONE), versions: { '2024-01-01.ts': 'export default []' } })
  const { exitCode, stdout, stderr } = await runCli(['explain', 'User', '2024-01-01'], { cwd })
  t.equal(exitCode, 0, stdout + stderr)
  t.match(stdout, /^User: upgrade from 2024-01-01 to 2025-01-01\n\nUser, 2024-01-01 to 2025-01-01\n {2}2024-09-01 {2}upgrade {2}.*: `created` is now `created_at`\n {2}2025-01-01 {2}upgrade {2}/)
  t.match(stdout, /User: downgrade from 2025-01-01 to 2024-01-01\n\nUser, .*\n {2}2025-01-01 {2}downgrade .*\n {2}2024-09-01 {2}downgrade /)
  t.match(stdout, /"created": v\["created_at"\]/, 'the generated code')
  const upgrade = await runCli(['explain', 'User', '2024-01-01', '--direction', 'upgrade'], { cwd })
  t.notMatch(upgrade.stdout, 'downgrade')
  const { explanations } = JSON.parse((await runCli(['explain', 'POST /users body', '2024-09-01', '--json'], { cwd })).stdout)
  t.match(explanations, [{ of: 'POST /users body', from: '2024-09-01', to: '2025-01-01', direction: 'upgrade', functions: [{ steps: [{ version: '2025-01-01' }], code: String }] }])
  t.equal(explanations.length, 1)
})

t.test('what is the same in both versions is said to be', async (t) => {
  const cwd = t.testdir({ 'vintage.config.ts': config(ONE), versions: { '2024-01-01.ts': 'export default []' } })
  t.match(await runCli(['explain', 'User', '2025-01-01', '--direction', 'upgrade'], { cwd }), { exitCode: 0, stdout: 'User: upgrade from 2025-01-01 to 2025-01-01\n\nthe same in both versions: values pass as they are\n' })
})

t.test('of several registrations the one that knows version and schema answers', async (t) => {
  const cwd = t.testdir({
    'vintage.config.ts': config(`
    await app.register(async (scope) => { await scope.register(vintage, { versions: { '2020-01-01': [] } }) })
    await app.register(async (scope) => {
      ${ONE.replace('app.', 'scope.')}
      scope.get('/users', { schema: { response: { 200: User } } }, async () => null)
    })`),
    versions: { '2024-01-01.ts': 'export default []' }
  })
  const { exitCode, stdout, stderr } = await runCli(['explain', 'User', '2024-01-01'], { cwd })
  t.equal(exitCode, 0, stdout + stderr)
})

t.test('an unknown schema or version is an error of the command line', async (t) => {
  const cwd = t.testdir({ 'vintage.config.ts': config(ONE), versions: { '2024-01-01.ts': 'export default []' } })
  t.match(await runCli(['explain', 'Nobody', '2024-01-01'], { cwd }), { exitCode: 2, stderr: /`Nobody`/ })
  t.match(await runCli(['explain', 'User', '1999-01-01'], { cwd }), { exitCode: 2, stderr: /2024-01-01, 2024-09-01, 2025-01-01/ })
  t.match(await runCli(['explain', 'User', '2024-01-01', '--direction', 'sideways'], { cwd }), { exitCode: 2, stderr: /upgrade, downgrade/ })
})

t.test('without an app there is nothing to explain', async (t) => {
  const cwd = t.testdir({ 'vintage.config.ts': 'export default {}', versions: { '2024-01-01.ts': 'export default []' } })
  t.match(await runCli(['explain', 'User', '2024-01-01'], { cwd }), { exitCode: 2, stderr: /names no `app`/ })
})

t.test('an app that does not start is told as by check', async (t) => {
  const cwd = t.testdir({ 'vintage.config.ts': "export default { app: async () => { throw new Error('no port') } }", versions: { '2024-01-01.ts': 'export default []' } })
  t.match(await runCli(['explain', 'User', '2024-01-01'], { cwd }), { exitCode: 1, stdout: /app: no port/ })
})

t.test('an app without the plugin is an error of the config', async (t) => {
  const cwd = t.testdir({ 'vintage.config.ts': config(''), versions: { '2024-01-01.ts': 'export default []' } })
  t.match(await runCli(['explain', 'User', '2024-01-01'], { cwd }), { exitCode: 2, stderr: /does not register `fastify-vintage`/ })
})

t.test('any other failure is told as such', async (t) => {
  const failing = "Reflect.set(app.server, Symbol.for('fastify-vintage.inspections'), [{ contracts: () => null, vintage: { explain: () => { throw new Error('odd') } } }])"
  const cwd = t.testdir({ 'vintage.config.ts': config(failing), versions: { '2024-01-01.ts': 'export default []' } })
  t.match(await runCli(['explain', 'User', '2024-01-01'], { cwd }), { exitCode: 1, stdout: /app: odd/ })
})
