import { isDeepStrictEqual } from 'node:util'
import type { Arbitrary } from 'fast-check'
import type { Bench, Side } from './law-bench.js'

/** One thing that must hold for every value of one side of a change. */
export interface Law {
  readonly law: string
  readonly values: Arbitrary<unknown>
  /** may be broken by a change that declares itself lossy */
  readonly isRoundTrip: boolean
  /** @returns what is wrong for a value; undefined when the law holds for it */
  check (value: unknown): string | undefined
}

/**
 * The laws of a change, as far as it has the functions for them.
 *
 * @see Foster et al., Combinators for bidirectional tree transformations (2007): PutGet and GetPut
 */
export function lawsOf ({ older, newer }: Bench): readonly Law[] {
  return [
    ...oneWay('upgrade', older, newer),
    ...oneWay('downgrade', newer, older),
    ...roundTrip('PutGet', 'downgrade(upgrade(x)) = x', older, newer),
    ...roundTrip('GetPut', 'upgrade(downgrade(y)) = y', newer, older)
  ]
}

function oneWay (direction: string, from: Side, to: Side): Law[] {
  const { convert, values } = from
  if (convert === undefined) return []
  const law = (name: string, check: Law['check']): Law => ({ law: `${name} (${direction})`, values, isRoundTrip: false, check })
  return [
    law('totality', (value) => {
      const result = toJson(convert(value))
      return to.accepts(result) ? undefined : `gives ${show(result)}, which is not valid on the other side`
    }),
    law('no mutation', (value) => {
      const before = structuredClone(value)
      convert(value)
      return isDeepStrictEqual(value, before) ? undefined : `leaves its argument as ${show(value)}`
    }),
    law('compiled = interpreted', (value) => {
      const [compiled, interpreted] = [toJson(convert(value)), toJson(from.interpret(value))]
      return isDeepStrictEqual(compiled, interpreted) ? undefined : `compiled gives ${show(compiled)}, interpreted ${show(interpreted)}: is the function pure?`
    })
  ]
}

function roundTrip (law: string, formula: string, from: Side, to: Side): Law[] {
  const [there, back] = [from.convert, to.convert]
  if (there === undefined || back === undefined) return []
  const check = (value: unknown) => {
    const result = toJson(back(toJson(there(value))))
    return isDeepStrictEqual(result, value) ? undefined : `${formula} does not hold, it gives ${show(result)}: correct the functions, or declare \`lossy: { why }\``
  }
  return [{ law, values: from.values, isRoundTrip: true, check }]
}

/** What is left of a value after a way over the wire. */
function toJson (value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

function show (value: unknown): string {
  return JSON.stringify(value)
}
