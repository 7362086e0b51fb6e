import t from 'tap'
import { mentionsOf } from '../../../src/data/knex/mentions.js'
import type { TableState } from '../../../src/data/knex/table-state.js'

const table = (name: string): TableState => ({ schema: 'public', table: name, visible: true, headColumns: [], spanned: new Map(), gone: new Map() })

t.test('a statement that may concern a table in transition is never missed, whatever its spelling', async (t) => {
  const mentions = mentionsOf({ tables: [table('users'), table('Two "Words"')] })
  for (const sql of ['select 1 from USERS', 'select 1 from "users"', 'select 1 from U&"\\0075sers"', 'select 1 from "Two ""Words"""', 'set SEARCH_PATH to x', 'select 1 from INFORMATION_SCHEMA.columns']) {
    t.equal(mentions(sql), true, sql)
  }
  t.equal(mentions('select 1 from orders'), false)
})

t.test('without a table in transition nothing is parsed', async (t) => {
  t.equal(mentionsOf({ tables: [] })('select 1 from information_schema.columns'), false)
})
