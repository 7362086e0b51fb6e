import { transition, type Transition } from 'fastify-vintage/knex'
import { loadTransitions } from '../../src/data/load-transitions.js'
import { openOperator, type Operator, type OperatorOptions } from '../../src/data/operator.js'
import { FULL_NAME as USERS } from '../../test/data/full-name.js'

/** The name of the transition. */
export const MOVE = 'customers.full_name'

/** The transition of the docs: two columns become one, which has an index. */
export const FULL_NAME = transition<string, string>({ ...USERS, table: 'customers', notNull: [] })

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
