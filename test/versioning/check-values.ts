import fc from 'fast-check'
import type { Test } from 'tap'

/** Tries a property on so many values; a value for which it does not hold is an error that shows it. */
export function checkValues<Values extends [unknown, ...unknown[]]> (t: Test, property: fc.IPropertyWithHooks<Values>, values: number): void {
  const { failed, numRuns, counterexample, errorInstance } = fc.check(property, { numRuns: values })
  t.equal(failed, false, `${String(errorInstance)} for ${fc.stringify(counterexample)}`)
  t.equal(numRuns, values)
}
