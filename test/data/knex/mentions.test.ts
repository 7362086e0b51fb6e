import t from 'tap'
import { mentionsOf } from '../../../src/data/knex/mentions.js'
import type { TableState } from '../../../src/data/knex/table-state.js'

const table = (name: string): TableState => ({ schema: 'public', table: name, visible: true, headColumns: [], spanned: new Map(), gone: new Map(), uniqueKeys: [] })

t.test('a statement that may concern a table in transition is never missed, whatever its spelling', async (t) => {
  const mentions = mentionsOf({ tables: [table('users'), table('Two "Words"')] })
  for (const sql of ['select 1 from USERS', 'select 1 from "users"', 'select 1 from U&"\\0075sers"', 'select 1 from "Two ""Words"""', 'set SEARCH_PATH to x', "SET SCHEMA 'x'", "set local/* ; */schema 'x'", 'Reset All', 'discard all', 'select Set_Config($1, $2, false)', 'select 1 from INFORMATION_SCHEMA.columns']) {
    t.equal(mentions(sql), true, sql)
  }
  for (const sql of ['select 1 from orders', 'create schema x', 'update passwords set reset_at = now()', 'select schema from orders']) t.equal(mentions(sql), false, sql)
})

t.test('letters are folded as Postgres folds them, so that others are compared as they are', async (t) => {
  const mentions = mentionsOf({ tables: [table('ΟΔΟΣ'), table('kÉy')] })
  for (const sql of ['select ΟΔΟΣ.x from ΟΔΟΣ', 'select 1 from "ΟΔΟΣ"', 'select 1 from KÉY']) t.equal(mentions(sql), true, sql)
  t.equal(mentions('update ΟΔΟΣ.x set a = 1'), true)
})

t.test('without a table in transition nothing is parsed', async (t) => {
  t.equal(mentionsOf({ tables: [] })('select 1 from information_schema.columns'), false)
})
