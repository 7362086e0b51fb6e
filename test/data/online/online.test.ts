import t from 'tap'
import { createOnlineGround, constraintsOf, indexesOf, statementsOf } from './fixtures.js'

t.test('each function does its change once, and finds it there the second time', async (t) => {
  const { open, knex, events } = await createOnlineGround(t)
  const table = open()
  const calls: Array<[string, () => Promise<string>, string[]]> = [
    ['addIndex', async () => await table.addIndex('users', ['email', { sql: 'lower(note) desc' }], { name: 'users_both', where: "note <> 'none' -- partial", include: ['id'] }), ['create index concurrently']],
    ['addIndex', async () => await table.addIndex('users', ['note']), ['create index concurrently']],
    ['addUnique', async () => await table.addUnique('users', ['email'], { deferrable: 'initially deferred', nullsNotDistinct: true }), ['create unique index concurrently', 'alter table "public"."users" add constraint']],
    ['addNotNull', async () => await table.addNotNull('users', 'note'), ['alter table', 'alter table']],
    ['addCheck', async () => await table.addCheck('orders', 'orders.amount > 0 -- positive', { name: 'orders_amount_positive' }), ['alter table', 'alter table']],
    ['addForeignKey', async () => await table.addForeignKey('orders', ['user_id'], { references: { table: 'users', columns: ['id'] }, onDelete: 'cascade', deferrable: 'initially immediate' }), ['alter table', 'alter table']],
    ['addColumn', async () => await table.addColumn('users', 'nickname', 'varchar(20)', { default: "'none' -- yet", notNull: true }), ['alter table']],
    ['dropColumn', async () => await table.dropColumn('orders', 'amount'), ['alter table']]
  ]
  for (const [name, call, begins] of calls) {
    events.length = 0
    t.equal(await call(), 'done', name)
    const statements = statementsOf(events)
    t.ok(begins.every((begin, index) => statements[index]?.startsWith(begin)), statements.join('; '))
    t.match(events.at(-1), { type: 'end', outcome: 'done', operation: name, table: /^"public"\."(?:users|orders)"$/ })
    events.length = 0
    t.equal(await call(), 'present', name)
    t.strictSame(statementsOf(events), [], 'and no statement runs')
  }
  t.strictSame(await indexesOf(knex, 'users'), {
    users_both: "CREATE INDEX users_both ON public.users USING btree (email, lower(note) DESC) INCLUDE (id) WHERE (note <> 'none'::text)",
    users_email_unique: 'CREATE UNIQUE INDEX users_email_unique ON public.users USING btree (email) NULLS NOT DISTINCT',
    users_note_index: 'CREATE INDEX users_note_index ON public.users USING btree (note)'
  })
  t.match(await constraintsOf(knex, 'users'), { users_email_unique: 'UNIQUE NULLS NOT DISTINCT (email) DEFERRABLE INITIALLY DEFERRED' })
  t.strictSame(await constraintsOf(knex, 'orders'), { orders_pkey: 'PRIMARY KEY (id)', orders_user_id_foreign: 'FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE DEFERRABLE' })
  t.match(await knex('users').first(), { nickname: 'none' })
  await t.rejects(knex('users').insert({ id: 6, email: 'x' }), { code: '23502' })
})
