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
