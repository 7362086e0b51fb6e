import { loadModule } from 'libpg-query'
import t from 'tap'
import { expectedExpressionOf } from '../../../src/data/shadow/expected-expression.js'
import { FULL_NAME, named } from '../fixtures.js'

t.test('a type that is none is told of the side that has it', async (t) => {
  await loadModule()
  const [transition] = await named({ 'users.full_name': FULL_NAME })
  if (transition === undefined) throw new Error('it was not loaded')
  for (const [side, column] of [['before', 'first_name'], ['after', 'full_name']] as const) {
    const message = new RegExp(`\`${side}\` must give each column one type, got \`text, 1\``)
    t.throws(() => expectedExpressionOf({ ...transition, [side]: { ...transition[side], [column]: 'text, 1' } }, 'full_name'), { message })
  }
})
