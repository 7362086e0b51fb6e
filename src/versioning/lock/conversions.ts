import { readableOf } from '../arbitrary-text.js'
import { isPlace } from '../bindings.js'
import { openBench, type Side } from '../law-bench.js'
import { convertToJson, sampleSide } from '../sample-side.js'
import type { World } from '../world.js'
import type { Catalogue } from './catalogue.js'
import { nameOf } from './describe-version.js'

/** What went in and what came out, once; `out` is `{ "error": code }` where the conversion refused or failed. */
export interface Conversion { readonly in: unknown, readonly out: unknown }

/** The conversions of one schema between a version and the one before it. */
export interface Conversions {
  readonly upgrade: readonly Conversion[]
  readonly downgrade: readonly Conversion[]
}

/** The same values in every run, on every machine; what was kept once is never generated again. */
const GENERATED = { runs: 40, seed: 20_000_101 }
const kept = 3
/** So few different values, as an enum has, are kept all. */
const fewValues = 6

/** @returns the keys of what a version alters, by the names that they have in it */
export function alteredIn ({ world: { derived }, placesAt }: Catalogue, index: number): ReadonlyMap<string, string> {
  const placeNames = new Map([...placesAt(index)].map(([name, key]) => [key, name]))
  const altered = index === 0 ? [] : [...derived.units.keys()].filter((key) => derived.stepsOf(key, index).length > 0)
  return new Map(altered.flatMap((key): Array<[string, string]> => {
    const name = isPlace(key) ? placeNames.get(key) : nameOf(derived, key, index)
    return typeof name === 'string' ? [[name, key]] : []
  }).sort(([a], [b]) => Number(a > b) - Number(a < b)))
}

/** Converts a few generated values both ways, as far as there are functions for it. */
export function sampleConversions (world: World, key: string, index: number): Conversions {
  const { older, newer } = openBench(world, key, index)
  return { upgrade: convertFew(older), downgrade: convertFew(newer) }
}

function convertFew (side: Side): Conversion[] {
  return side.convert === undefined ? [] : pick(sampleSide(side, GENERATED, readableOf)).map((value) => ({ in: value, out: outcomeOf(side, value) }))
}

/** A short value, a long one, and one between, of those that can be read in a diff. */
function pick (values: readonly unknown[]): unknown[] {
  const texts = [...new Set(values.map((value) => JSON.stringify(value)))].sort((a, b) => a.length - b.length)
  const readable = texts.filter((text) => text.length <= 1000 && /^[ -~]*$/.test(text))
  if (texts.length <= fewValues) return texts.map((text): unknown => JSON.parse(text))
  const chosen = readable.length < kept ? texts.slice(0, kept) : [0, 0.5, 0.9].map((share) => String(readable[Math.trunc(readable.length * share)]))
  return [...new Set(chosen)].map((text): unknown => JSON.parse(text))
}

/** @returns what a conversion gives today */
export function outcomeOf (side: Side, value: unknown): unknown {
  if (side.convert === undefined) return { error: 'there is no function' }
  try {
    return convertToJson(side, value)
  } catch (error) {
    return { error: String(Reflect.get(Object(error), 'code')) }
  }
}
