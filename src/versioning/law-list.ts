import { isDeepStrictEqual } from 'node:util'
import { toHandlerValue, withUndefinedKeys, pathOfUndefined } from './law-values.js'
import type { Bench, Side } from './law-bench.js'

/** One thing that must hold for every value of one side of a step. */
export interface Law {
  readonly law: string
  readonly from: Side
  /** may be broken by a change that declares itself lossy */
  readonly isRoundTrip: boolean
  /** @returns what is wrong for a value; undefined when the law holds for it. What it throws counts for totality alone */
  check (value: unknown): string | undefined
}

/**
 * The laws of a step, as far as its changes have the functions for them.
 *
 * @see Foster et al., Combinators for bidirectional tree transformations (2007): PutGet and GetPut
 */
export function lawsOf ({ older, newer, steps }: Bench): readonly Law[] {
  // what a look-up finds is not a function of the value
  const loads = steps.some(({ operation }) => operation.load !== undefined)
  // a loss is no excuse for what head refuses, only other limits are
  const mayRefuse = steps.some(({ operation }) => operation.mayRefuse === true && operation.kind !== 'replace')
  return [
    ...oneWay('upgrade', older, newer, mayRefuse),
    ...oneWay('downgrade', newer, older, false),
    ...(loads ? [] : roundTrip('PutGet', 'downgrade(upgrade(x)) = x', older, newer)),
    ...(loads ? [] : roundTrip('GetPut', 'upgrade(downgrade(y)) = y', newer, older))
  ]
}

function oneWay (direction: 'upgrade' | 'downgrade', from: Side, to: Side, mayRefuse: boolean): Law[] {
  const { convert } = from
  if (convert === undefined) return []
  const law = (name: string, check: Law['check']): Law => ({ law: `${name} (${direction})`, from, isRoundTrip: false, check })
  // each call gets a copy of its own: one that writes into it breaks one law, not all
  const convertJson = (value: unknown) => toJson(convert(structuredClone(value)))
  const alike = (value: unknown, other: unknown, what: string) => {
    const [plain, given] = [convertJson(value), convertJson(other)]
    return isDeepStrictEqual(plain, given) ? undefined : `gives ${show(given)} ${what}, and ${show(plain)} otherwise`
  }
  return [
    // a handler is given what the upgrade returns, a client only what is left of a downgrade after the way over the wire
    law('totality', (value) => {
      const result = convert(structuredClone(value))
      return mayRefuse ? undefined : refusalOf(direction === 'upgrade' ? result : toJson(result), to)
    }),
    law('no mutation', (value) => {
      const before = structuredClone(value)
      convert(value)
      return isDeepStrictEqual(value, before) ? undefined : `leaves its argument as ${show(value)}`
    }),
    law('compiled = interpreted', (value) => {
      const compiled = convertJson(value)
      const interpreted = outcomeOf(() => toJson(from.interpret(structuredClone(value))))
      return isDeepStrictEqual(compiled, interpreted) ? undefined : `compiled gives ${show(compiled)}, interpreted ${show(interpreted)}: is the function pure?`
    }),
    law('undefined keys', (value) => alike(value, withUndefinedKeys(value, from.schema), 'where an absent key is there as undefined')),
    ...(direction === 'upgrade' ? [] : [law('Date input', (value) => alike(value, toHandlerValue(value), 'where a handler returns a Date'))])
  ]
}

function refusalOf (result: unknown, to: Side): string | undefined {
  if (!to.accepts(result)) return `gives ${show(result)}, which is not valid on the other side`
  const path = pathOfUndefined(result)
  return path === undefined ? undefined : `gives undefined at \`${path}\`: leave the key out`
}

function roundTrip (law: string, formula: string, from: Side, to: Side): Law[] {
  const [there, back] = [from.convert, to.convert]
  if (there === undefined || back === undefined) return []
  const check = (value: unknown) => {
    const between = toJson(there(structuredClone(value)))
    const result = toJson(back(structuredClone(between)))
    return isDeepStrictEqual(result, value) ? undefined : `${formula} does not hold, it gives ${show(result)}: correct the functions, or declare \`lossy: { why }\``
  }
  return [{ law, from, isRoundTrip: true, check }]
}

function outcomeOf (run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    return `${String(error)} (thrown)`
  }
}

/** What is left of a value after a way over the wire. */
function toJson (value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value))
}

function show (value: unknown): string {
  return JSON.stringify(value) ?? 'undefined'
}
