import { once } from 'node:events'
import { createServer } from 'node:net'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { createShop, type Shop } from '../shop.js'

/** Takes out of the shop's transition what it says of a loss. */
async function keepQuiet ({ folder }: Shop): Promise<void> {
  const file = join(folder, 'versions', 'transitions', 'users.full_name.ts')
  await writeFile(file, (await readFile(file, 'utf8')).replace("lossy: 'downgrade'", ''))
}

const LOSS = /transition `users\.full_name`: it says nothing of a loss .*`downgrade` does not give back what `upgrade` was given: .* declare the loss with `lossy: 'downgrade'`/

t.test('D10 check tells of a transition that loses values and does not say so', async (t) => {
  const shop = await createShop(t, 0)
  await shop.database.knex.raw('create table users (id integer primary key, first_name text, last_name text)')
  await keepQuiet(shop)
  const { exitCode, stdout } = await shop.vintage(['check', '--json'])
  t.equal(exitCode, 1)
  t.match(JSON.parse(stdout), { ok: false, notes: [], problems: [{ kind: 'transition', code: 'FST_ERR_VINTAGE_REFUSED_LOSS', message: LOSS }] })
})

t.test('D10 without the table it is a note, since what its constraints keep out is not known', async (t) => {
  const shop = await createShop(t, 0)
  await keepQuiet(shop)
  const { exitCode, stdout } = await shop.vintage(['check'])
  t.equal(exitCode, 0)
  t.match(stdout, LOSS)
  t.match(stdout, /Its table is not in this database, so constraints that may keep such values out were not seen\nall is well: /)
})

const ODD = `import { transition } from 'fastify-vintage/knex'
const move = (type: string, upgrade: string) => transition<string, string>({ table: 'users', before: { note: type }, after: { remark: type }, upgrade: { remark: upgrade }, downgrade: { note: 'remark' } })
export const alien = move('txt', 'note')
export const unfound = move('text', 'mended(note)')
`

t.test('D10 what cannot be computed of one transition is a note that names it, and hides no loss of another', async (t) => {
  const shop = await createShop(t, 0)
  await shop.database.knex.raw('create table users (id integer primary key, first_name text, last_name text, note text)')
  await keepQuiet(shop)
  const folder = join(shop.folder, 'versions', 'transitions')
  await writeFile(join(shop.folder, 'odd.ts'), ODD)
  for (const name of ['alien', 'unfound']) await writeFile(join(folder, `users.${name}.ts`), `export { ${name} as default } from '../../odd.js'\n`)
  const { exitCode, stdout } = await shop.vintage(['check', '--json'])
  t.equal(exitCode, 1)
  const { notes, problems } = JSON.parse(stdout)
  t.match(problems, [{ kind: 'transition', message: LOSS }])
  t.strictSame(notes, [
    'transition `users.alien`: whether it loses values could not be computed: type "txt" does not exist',
    'transition `users.unfound`: none of the generated values came through `upgrade` (function mended(text) does not exist), so what becomes of them is not known'
  ])
})

t.test('a database that nobody answers for is reached for once', async (t) => {
  const shop = await createShop(t, 0)
  await writeFile(join(shop.folder, 'versions', '2024-09-01.ts'), `import { Type } from '@sinclair/typebox'
import { change, replace } from 'fastify-vintage'
export default change('one name', 'User', replace({
  before: { first_name: Type.String(), last_name: Type.String() }, after: { full_name: Type.String() },
  upgrade: ({ first_name, last_name }) => ({ full_name: first_name + ' ' + last_name }), lossy: { why: 'test' }
}), { transition: 'users.full_name' })`)
  let calls = 0
  const server = createServer((socket) => {
    calls++
    socket.destroy()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const { unchecked, notes } = JSON.parse((await shop.vintage(['check', '--json'], { env: { DATABASE_URL: `postgres://nobody@127.0.0.1:${port}/none` } })).stdout)
  t.match(unchecked, [{ problem: /^TypeScript and SQL were not compared, which takes a database: / }])
  t.match(notes, [/^whether transitions lose values was not looked at, which takes a database: /])
  t.equal(calls, 1)
})

t.test('D10 a transition that says so is well, one that has begun is not judged again, and without a database none is', async (t) => {
  const shop = await createShop(t, 1)
  t.match(JSON.parse((await shop.vintage(['check', '--json'])).stdout), { ok: true, notes: [], problems: [] })
  t.equal((await shop.vintage(['migrate'])).exitCode, 0)
  const other = await createShop(t, 0)
  await keepQuiet(other)
  const checkOn = async (url: string) => JSON.parse((await other.vintage(['check', '--json'], { env: { DATABASE_URL: url } })).stdout)
  t.match(await checkOn(shop.database.url), { ok: true, notes: [] })
  t.match(await checkOn('postgres://nobody@127.0.0.1:1/none'), { ok: true, notes: [/^whether transitions lose values was not looked at, which takes a database: .*ECONNREFUSED/] })
})
