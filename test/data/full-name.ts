import { transition } from '../../src/data/transition.js'

/** Two columns become one. */
export const FULL_NAME = transition({
  table: 'users',
  before: { first_name: 'text', last_name: 'text' },
  after: { full_name: 'text' },
  upgrade: { full_name: "trim(coalesce(first_name, '') || ' ' || coalesce(last_name, ''))" },
  downgrade: {
    first_name: "split_part(full_name, ' ', 1)",
    last_name: "case strpos(full_name, ' ') when 0 then '' else substr(full_name, strpos(full_name, ' ') + 1) end"
  },
  notNull: ['full_name'],
  indexes: [['full_name']],
  lossy: 'downgrade'
})
