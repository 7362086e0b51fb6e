import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { API_MUTANTS } from '../../scripts/mutants/api.js'
import { mutate } from '../../scripts/mutants/mutant.js'

const ROOT = join(import.meta.dirname, '..', '..')

t.test('each mutant still finds its text once, and its test file has the title that is to turn red', async (t) => {
  t.ok(API_MUTANTS.length >= 25, `${API_MUTANTS.length} mutants`)
  t.equal(new Set(API_MUTANTS.map(({ name }) => name)).size, API_MUTANTS.length, 'each has a name of its own')
  for (const mutant of API_MUTANTS) {
    t.match(mutant.file, /^src\/(?:versioning|http)\//)
    t.doesNotThrow(() => mutate(readFileSync(join(ROOT, mutant.file), 'utf8'), mutant), mutant.name)
    t.ok(readFileSync(join(ROOT, mutant.test), 'utf8').includes(mutant.red.replaceAll("'", "\\'")), `${mutant.test} has "${mutant.red}"`)
  }
})

t.test('a mutant whose text is gone, or there twice, fails loudly', async (t) => {
  const mutant = { name: 'm', file: 'src/x.ts', find: 'a', replace: 'b' }
  t.equal(mutate('xay', mutant), 'xby')
  t.throws(() => mutate('xy', mutant), { message: /^mutant "m": src\/x\.ts has its text 0 times, expected once/ })
  t.throws(() => mutate('xaya', mutant), { message: /2 times/ })
})
