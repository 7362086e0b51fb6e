import { transition } from 'fastify-vintage/knex'

/** The two transitions that the run walks back and forth, side by side on one table. */
export const NAME = 'people.full_name'
export const POINTS = 'people.points'

export const FULL_NAME = transition({
  table: 'people',
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

/** Scores that are no numbers are set aside. */
export const SCORE = transition({
  table: 'people',
  before: { score: 'text' },
  after: { points: 'integer' },
  upgrade: { points: 'score::integer' },
  downgrade: { score: 'points::text' },
  notNull: ['points'],
  indexes: [['points']],
  onError: 'set-aside'
})

export const TRANSITIONS = { [NAME]: FULL_NAME, [POINTS]: SCORE }
