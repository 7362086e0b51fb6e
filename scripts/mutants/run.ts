import { parseArgs } from 'node:util'
import { API_MUTANTS } from './api.js'
import { startTestServer } from '../testing/test-server.js'
import { copyRepository } from './copy.js'
import { DATA_MUTANTS } from './data.js'
import { needsPostgres, type Mutant } from './mutant.js'
import { failuresOf, tryMutant, type Trial } from './try-mutant.js'

// Applies each mutant to a copy of the repository and sees whether the test that should notice turns red. One more at a
// time than there may be cores: tests of the data half wait for Postgres half of their time.
const PARALLEL = 3

async function runInParallel<Item> (items: readonly Item[], work: (item: Item, folder: number) => Promise<void>): Promise<void> {
  const left = [...items]
  await Promise.all(Array.from({ length: PARALLEL }, async (_, folder) => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item, folder)
  }))
}

function rowOf ({ mutant: { name, file, test }, fate, red }: Trial): string {
  const shown = fate === 'killed' ? red : fate === 'survived' ? '**survived**' : `**not as expected**: ${red}`
  return `| ${[name, `\`${file.replace('src/', '')}\``, `\`${test.replace('test/', '')}\``, shown].map((cell) => String(cell).replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
}

async function runMutants (mutants: readonly Mutant[]): Promise<{ passed: number, failed: number }> {
  const copies = await Promise.all(Array.from({ length: PARALLEL }, copyRepository))
  const trials = new Map<Mutant, Trial>()
  let failed = 0
  const fail = (message: string) => {
    failed++
    console.log(`✖ ${message}`)
  }
  try {
    await runInParallel([...new Set(mutants.map(({ test }) => test))], async (test, index) => {
      const failures = await failuresOf(copies[index]?.folder ?? '', test, mutants.filter((mutant) => mutant.test === test))
      if (failures.length > 0) fail(`${test} is red without a mutant: ${failures.join('; ')}`)
    })
    await runInParallel(mutants, async (mutant, index) => {
      const copy = copies[index]
      if (copy === undefined) return
      const trial = await tryMutant(copy, mutant).catch((error: unknown) => { fail(String(error)) })
      if (trial === undefined) return
      trials.set(mutant, trial)
      if (trial.fate === 'killed') console.log(`✔ ${mutant.name}`)
      else fail(`${mutant.name}: ${trial.fate}, ${trial.red ?? `nothing turns red in ${mutant.test}`}`)
    })
  } finally {
    await Promise.all(copies.map(({ remove }) => remove()))
  }
  const rows = mutants.flatMap((mutant) => trials.get(mutant) ?? []).map(rowOf)
  console.log(['', '| mutant | in | test file | turns red |', '|---|---|---|---|', ...rows, ''].join('\n'))
  return { passed: [...trials.values()].filter(({ fate }) => fate === 'killed').length, failed }
}

/** Tests that need Postgres find one for all of them, or the one that VINTAGE_TEST_POSTGRES names. */
async function withServer<T> (mutants: readonly Mutant[], work: () => Promise<T>): Promise<T> {
  if (!mutants.some(needsPostgres) || process.env.VINTAGE_TEST_POSTGRES !== undefined) return await work()
  const server = await startTestServer()
  process.env.VINTAGE_TEST_POSTGRES = server.url
  try {
    return await work()
  } finally {
    await server.stop()
  }
}

// `--only <pattern>` takes the mutants whose name it matches
const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } })
const only = new RegExp(values.only)
const chosen = [...API_MUTANTS, ...DATA_MUTANTS].filter(({ name }) => only.test(name))
const { passed, failed } = await withServer(chosen, async () => await runMutants(chosen))
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1
