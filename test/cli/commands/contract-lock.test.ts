import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { runCli } from '../run-cli.js'

const HEAD = 'Type.Object({ id: Type.Integer(), total: Type.Integer({ minimum: 0, maximum: 100000 }), note: Type.Optional(Type.String()) }, { $id: "Order" })'
const configOf = (head: string) => `
import Fastify from 'fastify'
import { Type } from '@sinclair/typebox'
import vintage, { defineConfig } from 'fastify-vintage'

const Order = ${head}

export default defineConfig({
  app: async () => {
    const app = Fastify()
    const load = async (name) => (await import(\`./versions/\${name}\`)).default
    const versions = {}
    for (const name of (await import('./names.js')).names) versions[name] = await load(name + '.js')
    await app.register(vintage, { versions, default: '2024-01-01' })
    app.get('/orders/:id', { schema: { response: { 200: Order } } }, async () => ({ id: 1, total: 5 }))
    app.post('/orders', { schema: { body: Type.Omit(Order, ['id'], { $id: 'NewOrder' }), response: { 201: Order } } }, async () => ({ id: 1, total: 5 }))
    return app
  }
})
`
const replaceOf = (upgrade: string, downgrade: string) => `
import { Type } from '@sinclair/typebox'
import { change, replace } from 'fastify-vintage'
export default change('totals in cents', ['Order', 'NewOrder'], replace({
  before: { euros: Type.Integer({ minimum: 0, maximum: 1000 }) },
  after: { total: Type.Integer({ minimum: 0, maximum: 100000 }) },
  upgrade: ({ euros }) => ({ total: ${upgrade} }),
  downgrade: ({ total }) => ({ euros: ${downgrade} }),
  lossy: { why: 'cents are lost' }
}))
`
const CENTS = replaceOf('euros * 100', 'Math.floor(total / 100)')

type Files = Readonly<Record<string, string>>

const FILES: Files = {
  'vintage.config.ts': configOf(HEAD),
  'names.ts': "export const names = ['2024-01-01', '2024-09-01']",
  'versions/2024-01-01.ts': 'export default []',
  'versions/2024-09-01.ts': CENTS
}

/** Each state of the shop has a folder of its own, since modules are loaded once in a process. */
function shopIn (parent: string) {
  let states = 0
  return async (files: Files) => {
    const cwd = join(parent, `state-${states++}`)
    await mkdir(join(cwd, 'versions'), { recursive: true })
    for (const [file, text] of Object.entries(files)) await writeFile(join(cwd, file), text)
    return {
      // laws are tried elsewhere
      check: (...options: string[]) => runCli(['check', '--runs', '20', ...options], { cwd }),
      readLock: () => readFile(join(cwd, LOCK), 'utf8')
    }
  }
}

const LOCK = 'versions/contract.lock.json'

/** A shop with a lock, and what edits of its files make of it. */
async function lockedShop (t: Test) {
  const open = shopIn(t.testdir({}))
  const { check, readLock } = await open(FILES)
  const { exitCode, stdout, stderr } = await check('--update')
  t.equal(exitCode, 0, stdout + stderr)
  const lock = await readLock()
  return { check, lock, edit: (files: Files) => open({ ...FILES, [LOCK]: lock, ...files }), open }
}

t.test('A36 without a lock the check fails, and says how to write it', async (t) => {
  const { check, edit, open } = await lockedShop(t)
  t.match(await check(), { exitCode: 0 })
  t.match(await (await edit({ [LOCK]: '{}' })).check(), { exitCode: 1, stderr: /contract\.lock\.json is no lock of contracts that this version of fastify-vintage can read.*FST_ERR_VINTAGE_LOCK/s })
  t.match(await (await edit({ [LOCK]: '<<<<<<< HEAD' })).check(), { exitCode: 1, stderr: /is no JSON: resolve the merge/ })
  t.match(await (await open(FILES)).check(), { exitCode: 1, stdout: /^lock: there is no .*contract\.lock\.json.*`vintage check --update` writes it/ })
})

t.test('A36 an edit of head without a version file fails, and names schema, field, version and the missing file', async (t) => {
  const { lock, edit } = await lockedShop(t)
  const { check, readLock } = await edit({ 'vintage.config.ts': configOf(HEAD.replace('total: Type.Integer({ minimum: 0, maximum: 100000 })', 'total: Type.Integer({ minimum: 0, maximum: 100000, multipleOf: 1 })')) })
  const { exitCode, stdout } = await check()
  t.equal(exitCode, 1)
  t.match(stdout, 'lock: the contract of 2024-09-01 is altered: `Order` `total` multipleOf was not stated and is 1. Head was edited, and no version file says so: add one, such as `versions/<date>/order.ts` (`vintage new "…" --schema Order`), or take the edit back\n')
  t.match(stdout, /\n2 problems in/, 'once for Order and once for NewOrder, not for every place and version')
  t.match(await check('--update'), { exitCode: 1, stdout: /is altered/ })
  t.equal(await readLock(), lock, '--update does not alter what was released')
})

t.test('A36 what becomes required, optional, goes or comes is told by its field', async (t) => {
  const { edit } = await lockedShop(t)
  const altered = async (head: string) => {
    const { problems } = JSON.parse((await (await edit({ 'vintage.config.ts': configOf(head) })).check('--json')).stdout)
    return problems.map(({ alteration }: { alteration: Record<string, string> }) => [alteration.version, alteration.name, alteration.field, alteration.what])
  }
  t.strictSame(await altered(HEAD.replace('Type.Optional(Type.String())', 'Type.String()')), [
    ['2024-09-01', 'NewOrder', 'note', 'was optional and is required'],
    ['2024-09-01', 'Order', 'note', 'was optional and is required']
  ])
  t.strictSame((await altered(HEAD.replace('note:', 'remark:'))).slice(2), [
    ['2024-09-01', 'Order', 'note', 'is gone'],
    ['2024-09-01', 'Order', 'remark', 'was not there']
  ])
  t.strictSame((await altered(HEAD.replace('id: Type.Integer()', 'id: Type.String()'))), [
    ['2024-09-01', 'Order', 'id', 'type was "integer" and is "string"']
  ])
})

t.test('A36 an edit of a released change that alters its contract fails, and names its file', async (t) => {
  const { edit } = await lockedShop(t)
  const { exitCode, stdout } = await (await edit({ 'versions/2024-09-01.ts': CENTS.replace('maximum: 1000 ', 'maximum: 999 ') })).check()
  t.equal(exitCode, 1)
  t.match(stdout, /the contract of 2024-01-01 is altered: `Order` `euros` maximum was 1000 and is 999\. It follows from .*2024-09-01.*, which may have been edited after the release or not say all; or head was edited/)
})

t.test('A36 an edit of a released change that alters a golden conversion fails, a lossless refactor passes', async (t) => {
  const { edit } = await lockedShop(t)
  const refactored = await (await edit({ 'versions/2024-09-01.ts': replaceOf('Number(String(euros) + "00")', '(total - total % 100) / 100') })).check()
  t.match(refactored, { exitCode: 0 })
  const { exitCode, stdout } = await (await edit({ 'versions/2024-09-01.ts': replaceOf('euros * 100', 'Math.min(1000, Math.floor(total / 100) + 1)') })).check()
  t.equal(exitCode, 1)
  t.match(stdout, /lock: the contract of 2024-09-01 is altered: `NewOrder` `downgrade` of \{.*\} gave \{.*"euros":\d+.*\} and gives \{.*\}\. It follows from .*2024-09-01/)
})

t.test('A36 an edit of a released header, status or move alters the contract, and names its file', async (t) => {
  const { open } = await lockedShop(t)
  const moves = (name = 'X-Total', status = 202, from = 'GET /order/:id') => `
import { change, endpointMoved, headerChanged, statusChanged } from 'fastify-vintage'
export default [
  change('header', 'GET /orders/:id', headerChanged({ from: '${name}', to: 'Total' })),
  change('status', 'POST /orders', statusChanged({ from: ${status}, to: 201 })),
  change('move', 'GET /orders/:id', endpointMoved({ from: '${from}' }))
]`
  const files = { ...FILES, 'names.ts': "export const names = ['2024-01-01', '2024-09-01', '2025-01-01']", 'versions/2025-01-01.ts': moves() }
  const { check, readLock } = await open(files)
  t.match(await check('--update'), { exitCode: 0 })
  const lock = await readLock()
  t.match(JSON.parse(lock).versions, { '2024-01-01': { places: { 'POST /orders 202': {} }, answers: { 'GET /order/:id header x-total': {} } }, '2025-01-01': { answers: { 'GET /orders/:id header total': {} } } })
  const edited = async (text: string) => (await (await open({ ...files, [LOCK]: lock, 'versions/2025-01-01.ts': text })).check()).stdout
  t.match(await edited(moves('X-Sum')), /the contract of 2024-09-01 is altered: `GET \/order\/:id` `header x-total` was there, and is not any more\. It follows from .*2025-01-01/)
  t.match(await edited(moves('X-Total', 203)), /the contract of 2024-09-01 is altered: `POST \/orders 202` was there, and is not any more\. It follows from .*2025-01-01/)
  t.match(await edited(moves('X-Total', 202, 'GET /bill/:id')), /the contract of 2024-09-01 is altered: `GET \/order\/:id 200` was there, and is not any more\. It follows from .*2025-01-01/)
  t.match(await edited(moves().replace(/change\('header'.*/, '')), /`header x-total` was there, and is not any more/)
})

t.test('A36 a new version only adds lines to the lock', async (t) => {
  const { lock, edit } = await lockedShop(t)
  const { check, readLock } = await edit({
    'vintage.config.ts': configOf(HEAD.replace('note:', 'remark:')),
    'names.ts': "export const names = ['2024-01-01', '2024-09-01', '2025-01-01']",
    'versions/2025-01-01.ts': "import { change, rename } from 'fastify-vintage'\nexport default change('`note` is now `remark`', ['Order', 'NewOrder'], rename({ note: 'remark' }))"
  })
  t.match(await check(), { exitCode: 1, stdout: /contract\.lock\.json does not hold 2025-01-01 yet: run `vintage check --update`/ })
  t.match(await check('--update'), { exitCode: 0, stdout: '+ 2025-01-01\nall is well' })
  const [lines, added] = [lock.split('\n'), (await readLock()).split('\n')]
  const last = lines.findLastIndex((line) => line === '    }')
  t.strictSame(added.slice(0, last), lines.slice(0, last), 'what was there is as it was')
  t.match(await check(), { exitCode: 0 })
})

t.test('A36 a new route is added to the lock, one that is gone alters it', async (t) => {
  const { edit } = await lockedShop(t)
  const { check, readLock } = await edit({ 'vintage.config.ts': configOf(HEAD).replace('return app', "app.get('/more', { schema: { response: { 200: Type.Object({ more: Type.Tuple([Type.Integer()]) }) } } }, async () => ({ more: [1] }))\n    return app") })
  t.match(await check('--update'), { exitCode: 0, stdout: '+ 2024-01-01 GET /more 200\n+ 2024-09-01 GET /more 200\nall is well' })
  const { check: checkAgain } = await edit({ [LOCK]: await readLock() })
  t.match(await checkAgain(), { exitCode: 1, stdout: /the contract of 2024-09-01 is altered: `GET \/more 200` was there, and is not any more\. Head was edited, and no version file says so/ })
})

t.test('A36 a version that was released cannot be taken back', async (t) => {
  const { edit, lock } = await lockedShop(t)
  const { check } = await edit({ [LOCK]: lock.replace('"2024-09-01"', '"2024-09-02"') })
  t.match(await check(), { exitCode: 1, stdout: /the contract of 2024-09-02 is altered: `2024-09-02` was released, and no version file has that date any more/ })
})

t.test('released contracts are rewritten only when somebody says so', async (t) => {
  const { edit } = await lockedShop(t)
  const { check } = await edit({ 'vintage.config.ts': configOf(HEAD.replace('id: Type.Integer()', 'id: Type.Integer({ minimum: 1 })')) })
  t.match(await check('--update', '--rewrite-released'), { exitCode: 2, stderr: /This alters what released versions promise in 1 place.*give `--yes`/ })
  t.match(await check('--update', '--rewrite-released', '--yes'), { exitCode: 0, stdout: '~ 2024-09-01 Order id: minimum was not stated and is 1\nall is well' })
  t.match(await check(), { exitCode: 0 })
})

t.test('nothing is locked while something else is wrong', async (t) => {
  const { lock, edit } = await lockedShop(t)
  const { check, readLock } = await edit({ 'versions/2024-09-01.ts': replaceOf('euros * 100 + 100001', 'Math.floor(total / 100)') })
  t.match(await check('--update', '--rewrite-released', '--yes'), { exitCode: 1, stdout: /totality \(upgrade\)/ })
  t.equal(await readLock(), lock)
})

t.test('the app and the config must name the same versions', async (t) => {
  const { edit } = await lockedShop(t)
  const { check } = await edit({ 'versions/2024-09-02.ts': CENTS })
  t.match(await check(), { exitCode: 1, stdout: /The app of the config serves the versions 2024-01-01, 2024-09-01, the config names 2024-01-01, 2024-09-01, 2024-09-02/ })
})

t.test('many additions are counted, a lock that cannot be read is told, and a record of versions has its lock beside the config', async (t) => {
  const { open, edit } = await lockedShop(t)
  const routes = [1, 2, 3].map((n) => `app.get('/more/${n}', { schema: { response: { 200: Type.Object({}) } } }, async () => ({}))`).join('\n')
  const { check } = await edit({ 'vintage.config.ts': configOf(HEAD).replace('return app', `${routes}\n    return app`) })
  t.match(await check(), { exitCode: 1, stdout: /does not hold 2024-01-01 GET \/more\/1 200, .* and 1 more yet/ })
  const record = await open({ ...FILES, 'vintage.config.ts': configOf(HEAD).replace('defineConfig({', "defineConfig({\n  versions: { '2024-01-01': [], '2024-09-01': (await import('./versions/2024-09-01.js')).default },") })
  t.match(JSON.parse((await record.check('--update', '--json')).stdout), { ok: true, lock: /state-\d\/contract\.lock\.json$/ })
  const lock = join(t.testdirName, 'state-2', 'contract.lock.json')
  await rm(lock)
  await mkdir(lock)
  t.match(await record.check(), { exitCode: 1, stderr: /EISDIR/ })
})
