import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { loadTransitions } from '../../src/data/load-transitions.js'
import { isTransition, newColumnsOf, oldColumnsOf, tableOf, transition, type TransitionDefinition } from '../../src/data/transition.js'
import { FULL_NAME, TOTAL } from './fixtures.js'

t.test('transitions are loaded from a folder, named by file, in the order of their names', async (t) => {
  const versions = await mkdtemp(join(tmpdir(), 'vintage-versions-'))
  t.teardown(async () => await rm(versions, { recursive: true }))
  t.same(await loadTransitions(versions), [], 'no folder, no transitions')
  await mkdir(join(versions, 'transitions'))
  const source = pathToFileURL(join(process.cwd(), 'src/data/transition.ts')).href
  for (const name of ['users.full_name', 'orders.total']) {
    await writeFile(join(versions, 'transitions', `${name}.mjs`), `import { transition } from '${source}'\nexport default transition(${JSON.stringify(name.startsWith('users') ? FULL_NAME : TOTAL)})`)
  }
  await writeFile(join(versions, 'transitions', 'users.full_name.d.ts'), 'export {}')
  for (const from of [versions, pathToFileURL(versions), pathToFileURL(versions).href]) {
    t.match(await loadTransitions(from), [{ name: 'orders.total', table: 'orders' }, { name: 'users.full_name', table: 'users' }])
  }
  const loaded: string[] = []
  await loadTransitions(versions, { importModule: async (url) => { loaded.push(url); return { default: FULL_NAME } } })
  t.equal(loaded.length, 2)
  await t.rejects(loadTransitions(versions, { importModule: async () => ({ default: { ...FULL_NAME } }) }), { code: 'FST_ERR_VINTAGE_INVALID_TRANSITION', message: /`orders.total`: .*default export made by `transition/ })
  await t.rejects(loadTransitions(versions, { importModule: async () => 7 }), { code: 'FST_ERR_VINTAGE_INVALID_TRANSITION' })
  await rm(join(versions, 'transitions'), { recursive: true })
  await writeFile(join(versions, 'transitions'), '')
  await t.rejects(loadTransitions(versions), { code: 'ENOTDIR' })
})

t.test('two transitions whose database objects would bear the same names are refused', async (t) => {
  await t.rejects(loadTransitions({ 'users.full_name': FULL_NAME, 'users-full.name': FULL_NAME }), { message: /`users.full_name`: its database objects would bear the same names as those of `users-full.name`/ })
})

t.test('a definition knows its table and its sides, and is known by its brand', async (t) => {
  t.same(tableOf(FULL_NAME), { schema: null, table: 'users' })
  t.same(tableOf({ ...FULL_NAME, table: 'shop.users' }), { schema: 'shop', table: 'users' })
  t.same(tableOf({ ...FULL_NAME, schema: 'my.shop', table: 'a.b' }), { schema: 'my.shop', table: 'a.b' })
  t.same(oldColumnsOf(FULL_NAME), ['first_name', 'last_name'])
  t.same(newColumnsOf(TOTAL), ['total_minor', 'total_currency'])
  t.ok(isTransition(FULL_NAME))
  t.notOk(isTransition(null))
  t.ok(Object.isFrozen(FULL_NAME))
})

/** What may be wrong with a definition, as untyped JavaScript would have it. */
const WRONG: ReadonlyArray<readonly [Record<string, unknown>, RegExp]> = [
  [{ table: '' }, /`table` must name a table/],
  [{ table: 'shop.' }, /`table` is `shop.`/],
  [{ schema: ' ' }, /`schema` must name/],
  [{ before: {} }, /`before` must say at least one column/],
  [{ after: null }, /`after` must say/],
  [{ upgrade: [] }, /`upgrade` must say/],
  [{ downgrade: { first_name: 1 } }, /`downgrade` must say/],
  [{ after: { first_name: 'text' }, upgrade: { first_name: 'x' } }, /`first_name` stands on both sides/],
  [{ upgrade: { name: 'x' } }, /`upgrade` has no expression for column `full_name`/],
  [{ downgrade: { ...FULL_NAME.downgrade, name: 'x' } }, /`downgrade` has an expression for `name`, which is no column of `before`/],
  [{ notNull: ['name'] }, /`notNull` names `name`/],
  [{ indexes: [[]] }, /`indexes` must be lists/],
  [{ indexes: [{ columns: [''] }] }, /`indexes` must be lists/],
  [{ indexes: [['full_name', 'last_name']] }, /`indexes` names `last_name`, a column of the old side/],
  [{ lossy: 'yes' }, /`lossy` is `yes`, must be one of upgrade, downgrade, both/],
  [{ conflict: 'old-wins' }, /`conflict` is `old-wins`/],
  [{ onError: 'ignore' }, /`onError` is `ignore`/]
]

t.test('what does not fit together is refused when the file is loaded', async (t) => {
  for (const [change, message] of WRONG) {
    const definition: TransitionDefinition = Object.assign({ ...FULL_NAME }, change)
    t.throws(() => transition(definition), { code: 'FST_ERR_VINTAGE_INVALID_TRANSITION', message })
  }
})
