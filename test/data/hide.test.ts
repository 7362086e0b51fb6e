import t from 'tap'
import { createGround, createUsers } from './fixtures.js'

t.test('D30 hide is refused while a trigger of the user names an old column in its function or arguments', async (t) => {
  const { operator, knex } = await createGround(t, async (knex) => {
    await createUsers(knex, 3)
    await knex.raw('alter table users add column words tsvector; create table audit (first text)')
    await knex.raw("create function audit() returns trigger language plpgsql as 'begin insert into public.audit values (NEW.First_Name); return null; end'")
    await knex.raw("create function stamp() returns trigger language plpgsql as 'begin NEW.ver := NEW.ver + 1; return NEW; end -- my_first_name'")
    await knex.raw('create trigger audited after insert or update on users for each row execute function audit()')
    await knex.raw('create trigger a_stamp before update on users for each row execute function stamp()')
    await knex.raw("create trigger a_search before insert on users for each row execute function tsvector_update_trigger(words, 'pg_catalog.english', last_name)")
  }, { fireTriggers: true })
  await operator.migrate()
  await operator.advance({ to: 'read-new' })
  await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_TRIGGERS', message: /`a_search` \(last_name\), `audited` \(first_name\)\. / })
  t.match(await knex('vintage.transitions').first(), { phase: 'read-new' })
  await knex.raw('alter table users disable trigger a_search')
  await knex.raw("create or replace function audit() returns trigger language plpgsql as 'begin insert into public.audit values (NEW.full_name); return null; end'")
  await operator.advance()
  await knex.raw("insert into users (id, full_name) values (9, 'Ada Byron')")
  t.match(await knex('audit').where({ first: 'Ada Byron' }), [{}])
})
