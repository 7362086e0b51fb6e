import { transition, type Transition } from 'fastify-vintage/knex'
import { loadTransitions } from '../../src/data/load-transitions.js'
import { openOperator, type Operator, type OperatorOptions } from '../../src/data/operator.js'

/** The name of the transition. */
export const MOVE = 'customers.full_name'

/** The transition of the docs: two columns become one, which has an index. */
export const FULL_NAME = transition({
  table: 'customers',
  before: { first_name: 'text', last_name: 'text' },
  after: { full_name: 'text' },
  upgrade: { full_name: "trim(coalesce(first_name, '') || ' ' || coalesce(last_name, ''))" },
  downgrade: {
    first_name: "split_part(full_name, ' ', 1)",
    last_name: "case strpos(full_name, ' ') when 0 then '' else substr(full_name, strpos(full_name, ' ') + 1) end"
  },
  indexes: [['full_name']],
  lossy: 'downgrade'
})

export async function loadMove (): Promise<Transition[]> {
  return await loadTransitions({ [MOVE]: FULL_NAME })
}

/** Runs work with an operator of the transition. */
export async function withOperator<Result> (url: string, work: (operator: Operator) => Promise<Result>, options: Partial<OperatorOptions> = {}): Promise<Result> {
  const operator = await openOperator({ connection: url, transitions: await loadMove(), strayWindowMs: 0, ...options })
  try {
    return await work(operator)
  } finally {
    await operator.close()
  }
}
