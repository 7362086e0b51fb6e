import { readFile } from 'node:fs/promises'
import type { Knex } from 'knex'
import t from 'tap'
import { createGround, createUsers } from './fixtures.js'

const page = await readFile(new URL('../../docs/reference/monitoring.md', import.meta.url), 'utf8')

/** Queries of the page by their headings. */
const QUERIES = new Map([...page.matchAll(/### (.+)\n(?:[^#]|#(?!#))*?```sql\n(select [^`]*)```/g)].map(([, heading = '', sql = '']): [string, string] => [heading, sql]))

const INSTANCE = (lease: string): string => `
insert into vintage.instances (id, name, host, pid, transitions, started_at, lease_until)
values (gen_random_uuid(), 'api-1', 'host-a', 7, '{users.full_name}', clock_timestamp() - interval '1 hour', clock_timestamp() + interval '${lease}')`

/** What makes each query give a row, at `read-new` or where a phase is given. */
const TROUBLES: Readonly<Record<string, string>> = {
  'A phase is not acknowledged': `update vintage.transitions set changed_at = changed_at - interval '1 hour'; ${INSTANCE('1 hour')}`,
  'An instance died': INSTANCE('-1 minute'),
  'An operator died': "update vintage.transitions set operator = 'ada (pid 7)', operator_since = now(), operator_until = now() - interval '2 minutes'",
  'A backfill stands still': "update vintage.transitions set phase = 'backfill'; update vintage.backfills set finished_at = null, updated_at = now() - interval '1 hour'",
  'A backfill is held back': "update vintage.backfills set finished_at = null, held_reason = 'standby s1 is 12.0 s behind (limit 10.0 s)', held_since = now() - interval '1 hour'",
  'A transition is paused': "update vintage.transitions set paused_by = 'ada', paused_at = now() - interval '2 days'",
  'Rows are set aside': "insert into vintage.set_aside (transition, key, direction, sqlstate, message) values ('users.full_name', '[\"7\"]', 'upgrade', '22003', 'out of range')",
  'Somebody writes the old side': "update users set first_name = 'Grace' where id = 1",
  'A verification found rows out of sync': "insert into vintage.events (transition, event, details) values ('users.full_name', 'verified', '{\"mismatchedRows\": 3}')",
  'A shadow read differed': "insert into vintage.shadow_reads (instance, name, transition, compared, different, statement, different_at) values (gen_random_uuid(), 'api-1', 'users.full_name', 9, 1, 'select 1', clock_timestamp())",
  'A trigger is gone': 'alter table users disable trigger zz_vintage_users_full_name_update'
}

t.test('each query of the monitoring page gives nothing when all is well, and a row for its trouble, to a role that may only read schema vintage', async (t) => {
  const { operator, knex } = await createGround(t, async (knex) => await createUsers(knex, 10))
  await operator.migrate()
  await operator.advance({ to: 'read-new' })
  const role = `monitoring_${(await knex.raw('select current_database() as name')).rows[0].name}`
  await knex.raw('create role ??', [role])
  t.teardown(async () => { await knex.raw('drop owned by ??', [role]); await knex.raw('drop role ??', [role]) })
  const [, rights = ''] = /```sql\n(grant [^`]*)```/.exec(page) ?? []
  await knex.raw(rights.replaceAll('to monitoring', `to ${role}`))
  t.strictSame([...QUERIES.keys()], Object.keys(TROUBLES), 'every query has its trouble here')
  for (const [heading, sql] of QUERIES) {
    const trouble = TROUBLES[heading] ?? ''
    t.equal(await ask(knex, role, '', sql), 0, `well: ${heading}`)
    t.equal(await ask(knex, role, trouble, sql), 1, heading)
  }
})

/** Lets a trouble happen, asks as a role, and takes all of it back. */
async function ask (knex: Knex, role: string, trouble: string, sql: string): Promise<number> {
  const trx = await knex.transaction()
  try {
    if (trouble !== '') await trx.raw(trouble)
    await trx.raw('set local role ??', [role])
    return (await trx.raw(sql)).rows.length
  } finally {
    await trx.rollback()
  }
}

t.test('the fields of the monitoring page are those of vintage status --json', async (t) => {
  const { operator, knex } = await createGround(t, async (knex) => await createUsers(knex, 10))
  await operator.migrate()
  await operator.advance({ to: 'backfill' })
  await knex.raw(INSTANCE('1 hour'))
  const [status] = (await operator.status()).transitions
  const table = page.slice(page.indexOf('| field |'), page.indexOf('## What is not measured'))
  const fields = [...table.matchAll(/^\| (`[^|]*) \|/gm)].flatMap(([, cell = '']) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name))
  t.ok(fields.length > 10, `${fields.length} fields`)
  for (const field of fields) t.ok(has(status, field.split('.')), field)
})

function has (value: unknown, [key, ...more]: readonly string[]): boolean {
  if (key === undefined) return true
  const of: unknown = Array.isArray(value) ? value[0] : value
  return typeof of === 'object' && of !== null && key in of && has(Reflect.get(of, key), more)
}
