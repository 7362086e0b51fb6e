import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { API_MUTANTS } from '../../scripts/mutants/api.js'
import { DATA_MUTANTS } from '../../scripts/mutants/data.js'
import { mutate } from '../../scripts/mutants/mutant.js'

const ROOT = join(import.meta.dirname, '..', '..')

const HALVES = [
  { mutants: API_MUTANTS, folders: /^src\/(?:versioning|http)\// },
  { mutants: DATA_MUTANTS, folders: /^src\/data\// }
]

t.test('each mutant still finds its text once, and its test file has the title that is to turn red', async (t) => {
  for (const { mutants, folders } of HALVES) {
    t.ok(mutants.length >= 25, `${mutants.length} mutants`)
    for (const mutant of mutants) {
      t.match(mutant.file, folders)
      t.doesNotThrow(() => mutate(readFileSync(join(ROOT, mutant.file), 'utf8'), mutant), mutant.name)
      t.ok(readFileSync(join(ROOT, mutant.test), 'utf8').includes(mutant.red.replaceAll("'", "\\'")), `${mutant.test} has "${mutant.red}"`)
    }
  }
  const names = HALVES.flatMap(({ mutants }) => mutants.map(({ name }) => name))
  t.equal(new Set(names).size, names.length, 'each has a name of its own')
})

t.test('a mutant whose text is gone, or there twice, fails loudly', async (t) => {
  const mutant = { name: 'm', file: 'src/x.ts', find: 'a', replace: 'b' }
  t.equal(mutate('xay', mutant), 'xby')
  t.throws(() => mutate('xy', mutant), { message: /^mutant "m": src\/x\.ts has its text 0 times, expected once/ })
  t.throws(() => mutate('xaya', mutant), { message: /2 times/ })
})
