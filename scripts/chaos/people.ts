import { transition } from 'fastify-vintage/knex'
import { FULL_NAME as USERS } from '../../test/data/full-name.js'

/** The two transitions that the run walks back and forth, side by side on one table. */
export const NAME = 'people.full_name'
export const POINTS = 'people.points'

export const FULL_NAME = transition<string, string>({ ...USERS, table: 'people' })

/** Scores that are no numbers are set aside. */
export const SCORE = transition({
  table: 'people',
  before: { score: 'text' },
  after: { points: 'integer' },
  upgrade: { points: 'score::integer' },
  downgrade: { score: 'points::text' },
  notNull: ['points'],
  indexes: [['points']],
  lossy: 'downgrade',
  onError: 'set-aside'
})

export const TRANSITIONS = { [NAME]: FULL_NAME, [POINTS]: SCORE }
