import type { Mutant } from './mutant.js'
import { HTTP_MUTANTS } from './http.js'
import { VERSIONING_MUTANTS } from './versioning.js'

/** The mutants of the API half. */
export const API_MUTANTS: readonly Mutant[] = [...VERSIONING_MUTANTS, ...HTTP_MUTANTS]
