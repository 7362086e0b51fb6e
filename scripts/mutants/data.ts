import { FLEET_MUTANTS } from './data-fleet.js'
import { STEPS_MUTANTS } from './data-steps.js'
import { WRITES_MUTANTS } from './data-writes.js'
import type { Mutant } from './mutant.js'

/** Every named mutant of the data half: what may go wrong with rows, and must turn a test red. */
export const DATA_MUTANTS: readonly Mutant[] = [...WRITES_MUTANTS, ...STEPS_MUTANTS, ...FLEET_MUTANTS]
