import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { createShop, type Shop } from '../shop.js'

const UPGRADE = "trim(coalesce(first_name, '') || ' ' || coalesce(last_name, ''))"

/** A shop of five users, of whom 2 and 4 cannot be converted while their first name begins with a zero. */
async function createSettingAside (t: Parameters<typeof createShop>[0]): Promise<Shop> {
  const shop = await createShop(t, 5)
  const file = join(shop.folder, 'versions/transitions/users.full_name.ts')
  const text = await readFile(file, 'utf8')
  // a module that has been loaded is not read again, so the file gets another name
  await rm(file)
  await writeFile(file.replace('full_name', 'name'), text.replace(UPGRADE, `${UPGRADE} || left((1 / (ascii(first_name) - 48))::text, 0)`).replace("notNull: ['full_name']", "onError: 'set-aside'"))
  await shop.database.knex('users').whereIn('id', [2, 4]).update({ first_name: '0' })
  await shop.vintage(['migrate'])
  return shop
}

t.test('D19 rows that are set aside are told by advance, listed, retried and released', async (t) => {
  const { vintage, database } = await createSettingAside(t)
  t.match(await vintage(['advance']), { exitCode: 0, stderr: /users\.name: 2 rows are set aside, since they could not be converted; `vintage set-aside list users\.name` names them/ })
  t.match(await vintage(['status']), { stdout: /2 rows are set aside and keep `read-new` from being entered/ })
  t.match(await vintage(['set-aside', 'list']), { exitCode: 0, stdout: /^users\.name: 2 rows are set aside\n {2}\{"id":"2"\} {2}22012 division by zero \(1×, last at 2.*\)\n {2}\{"id":"4"\}/ })
  t.match(await vintage(['set-aside', 'list', '--limit', '1']), { stdout: /\n {2}and 1 more \(--limit\)\n$/ })
  const { stdout } = await vintage(['set-aside', 'list', 'users.name', '--json'])
  t.match(JSON.parse(stdout), { transition: 'users.name', setAsideRows: 2, rows: [{ key: { id: '2' }, sqlstate: '22012' }, { key: { id: '4' } }] })
  t.match(await vintage(['advance']), { exitCode: 3, stderr: /FST_ERR_VINTAGE_REFUSED_SET_ASIDE|is refused while rows are set aside/ })
  await database.knex('users').where({ id: 4 }).update({ first_name: 'Ada' })
  t.match(await vintage(['set-aside', 'retry']), { exitCode: 1, stdout: 'users.name: 0 rows filled, 1 still set aside\n' })
  t.match(await vintage(['set-aside', 'retry', 'users.name', '--key', '{"id":2}', '--json']), { exitCode: 1, stdout: /"setAsideRows": 1/ })
  t.match(await vintage(['set-aside', 'release', '--key', '{"id":"2"}']), { exitCode: 2, stderr: /1 rows will read as null on the new side\. There is no terminal/ })
  t.match(await vintage(['set-aside', 'release', '--all']), { exitCode: 2, stderr: /All rows that are set aside will read as null/ })
  t.match(await vintage(['set-aside', 'release', 'users.name', '--all', '--yes']), { exitCode: 0, stdout: 'users.name: 0 rows filled, 1 released, 0 still set aside\n' })
  t.match(await vintage(['advance']), { exitCode: 0 })
})

t.test('D21 advance and set-aside say which triggers would fire, and take --fire-triggers for an answer', async (t) => {
  const { vintage, database } = await createSettingAside(t)
  const name = async (trigger: string): Promise<unknown> => await database.knex.raw(`create trigger ${trigger} before update on users for each row execute function suppress_redundant_updates_trigger()`)
  await name('a_first')
  const refused = /filling the rows of "public"\."users" would fire `(\w+)` \(before each row, pg_catalog\.suppress_redundant_updates_trigger\)/
  t.equal(refused.exec((await vintage(['advance'])).stderr)?.[1], 'a_first')
  t.match(await vintage(['advance', '--fire-triggers']), { exitCode: 0, stderr: /users\.name: fire for each row that is filled: `a_first` \(before/ })
  await name('b_second')
  for (const argv of [['retry'], ['release', '--all', '--yes']]) {
    const { exitCode, stderr } = await vintage(['set-aside', ...argv])
    t.strictSame([exitCode, refused.exec(stderr)?.[1]], [3, 'b_second'])
  }
  t.match(await vintage(['set-aside', 'retry', '--fire-triggers']), { exitCode: 1, stdout: /2 still set aside/ })
  await name('c_third')
  t.match(await vintage(['set-aside', 'release', '--all', '--yes', '--fire-triggers']), { exitCode: 0, stdout: /2 released/ })
})

t.test('set-aside wants a command, keys as JSON, and to be told which rows are released', async (t) => {
  const { vintage } = await createShop(t, 0)
  t.match(await vintage(['set-aside']), { exitCode: 2 })
  t.match(await vintage(['set-aside', 'retry', '--key', '7;']), { exitCode: 2, stderr: /A primary key as JSON is wanted/ })
  for (const rows of [[], ['--all', '--key', '{"id":"7"}']]) {
    t.match(await vintage(['set-aside', 'release', ...rows]), { exitCode: 2, stderr: /say which rows: `--key` for each of them, or `--all`/ })
  }
  t.match(await vintage(['set-aside', 'list', '--limit', '0']), { exitCode: 2 })
})
