import fc from 'fast-check'
import t from 'tap'
import { PHASES } from '../../../src/data/phases.js'
import { Choices } from './choices.js'
import { createGround } from './ground.js'
import { READING } from './reading-forms.js'
import { newTally, runProgram, type Tally } from './run-program.js'
import type { Step } from './steps.js'
import { REFUSED, WRITING } from './writing-forms.js'

const MAKERS = Object.entries({ ...READING, ...WRITING, ...REFUSED })
const FORMS = MAKERS.map(([form]) => form)

/** Programs that begin with each form in each phase: 20 in `npm run test:long`. */
const RUNS = Number(process.env.VINTAGE_PROGRAM_RUNS ?? 2)
const SEED = Number(process.env.VINTAGE_FUZZ_SEED ?? (process.env.VINTAGE_PROGRAM_RUNS === undefined ? 20_261_101 : Date.now() % 2 ** 31))

t.setTimeout(900_000)

/** What the first statement has written is what up to two others see. */
function programOf (form: string, list: readonly number[]): Step[] {
  const choices = new Choices(list)
  const make = (wanted: string): Step[] => MAKERS.filter(([name]) => name === wanted).map(([name, maker]) => ({ form: name, ...maker(choices) }))
  const others = FORMS.filter((name) => name !== 'for update of' && name !== 'transaction')
  return [...make(form), ...choices.many(0, 2, () => make(choices.pick(others))).flat()]
}

const numbers = fc.array(fc.noBias(fc.nat(0xffff)), { minLength: 256, maxLength: 256 })

/** What is documented to be served is served, more often than it fails on both sides. */
function lacking (form: string, isRefused: boolean, { served, refused, failed }: Tally): string | undefined {
  const [equal, no, alike] = [served, refused, failed].map((counts) => counts.get(form) ?? 0)
  const seen = `${form}: ${equal} equal, ${no} refused, ${alike} failed on both sides`
  const [first = 0, second = 0, third = 0] = [equal, no, alike]
  if (first + second + third < RUNS) return seen
  return isRefused || first * 2 >= RUNS ? undefined : seen
}

const sum = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((total, n) => total + n, 0)

t.test('D7 D8 generated programs give in every phase what they give on a table that always had the new columns, or are refused', async (t) => {
  const ground = await createGround(t)
  t.comment(`${RUNS} programs for each of ${FORMS.length} forms in each of ${PHASES.length} phases: ${RUNS * FORMS.length * PHASES.length}, VINTAGE_FUZZ_SEED=${SEED}`)
  for (const phase of PHASES) {
    await ground.enter(phase)
    const tally = newTally()
    for (const [index, form] of FORMS.entries()) {
      const property = fc.asyncProperty(numbers, async (list) => await runProgram(ground, phase, programOf(form, list), tally))
      const { failed, errorInstance } = await fc.check(property, { numRuns: RUNS, seed: SEED + index })
      if (failed) t.fail(`${form} at ${phase}, VINTAGE_FUZZ_SEED=${SEED} VINTAGE_PROGRAM_RUNS=${RUNS}: ${String(errorInstance)}`)
    }
    t.comment(`${phase}: ${sum(tally.served)} statements equal, ${sum(tally.refused)} refused, ${sum(tally.failed)} failed on both sides`)
    const isRefused = (form: string): boolean => phase === 'expand' || form in REFUSED || form === 'upsert on a new key'
    t.strictSame(FORMS.flatMap((form) => lacking(form, isRefused(form), tally) ?? []), [], `each form was there ${RUNS} times and more at ${phase}`)
  }
})
