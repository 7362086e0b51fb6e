import { MisfitError } from '../errors.js'
import type { Change } from './change.js'

/** @returns a function that throws FST_ERR_VINTAGE_MISFIT with file, version and change in front of the problem */
export function misfitOf (source: string, version: string, change: Change): (problem: string) => never {
  return (problem) => {
    throw new MisfitError(`${source}: "${change.description}" (${version}) does not fit: ${problem}.`)
  }
}
