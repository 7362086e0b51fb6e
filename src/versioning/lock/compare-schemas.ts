import { isDeepStrictEqual } from 'node:util'
import { isList, isRecord, propertiesOf, refOf, requiredOf, type JsonSchema } from '../json-schema.js'

/** What differs between the schema that was locked and the one of today. */
export interface Difference {
  /** where in the schema: `total.currency`, `data[]`; empty at its top */
  readonly path: string
  /** what it was and what it is, as the end of a sentence */
  readonly what: string
}

/** @returns a schema by its name, on either side */
export type Resolve = (name: string) => JsonSchema | undefined

/**
 * Compares two canonical schemas. A reference to the same name on both sides is the same: named schemas are compared by themselves.
 *
 * @returns every difference, none when both admit the same by the same words
 */
export function compareSchemas (locked: JsonSchema, present: JsonSchema, resolve: { readonly locked: Resolve, readonly present: Resolve }): Difference[] {
  const differences: Difference[] = []
  const pairs: Array<readonly [JsonSchema, JsonSchema]> = []
  walk(locked, present, '')
  return differences

  function walk (before: JsonSchema, after: JsonSchema, path: string): void {
    const [from, to] = [refOf(before), refOf(after)]
    if (from !== undefined && from === to) return
    const [was, is] = [behind(before, resolve.locked), behind(after, resolve.present)]
    // schemas that hold themselves come by again
    if (pairs.some(([a, b]) => a === was && b === is)) return
    pairs.push([was, is])
    const [had, has] = [propertiesOf(was), propertiesOf(is)]
    const say = (name: string, what: string) => differences.push({ path: join(path, name), what })
    for (const name of new Set([...Object.keys(had), ...Object.keys(has)])) {
      const [old, now] = [had[name], has[name]]
      if (old === undefined) say(name, 'was not there')
      else if (now === undefined) say(name, 'is gone')
      else {
        compareRequired(name, requiredOf(was).has(name), requiredOf(is).has(name), say)
        walk(old, now, join(path, name))
      }
    }
    for (const keyword of new Set([...Object.keys(was), ...Object.keys(is)])) compareKeyword(keyword, was, is, path)
  }

  function compareKeyword (keyword: string, was: JsonSchema, is: JsonSchema, path: string): void {
    const [old, now] = [was[keyword], is[keyword]]
    if (keyword === 'properties' || (keyword === 'required' && isRecord(was.properties))) return
    if (isRecord(old) && isRecord(now) && keyword !== 'default') {
      if (keyword === 'items' || keyword === 'additionalProperties' || keyword === 'not') walk(old, now, keyword === 'items' ? `${path}[]` : join(path, keyword))
      else compareMaps(keyword, old, now, path)
    } else if (isList(old) && isList(now) && old.length === now.length && old.every(isRecord) && now.every(isRecord)) {
      compareMaps(keyword, { ...old }, { ...now }, path)
    } else if (!isDeepStrictEqual(old, now)) {
      differences.push({ path, what: `${keyword} was ${show(old)} and is ${show(now)}` })
    }
  }

  function compareMaps (keyword: string, old: Record<string, unknown>, now: Record<string, unknown>, path: string): void {
    for (const name of new Set([...Object.keys(old), ...Object.keys(now)])) {
      const [before, after] = [old[name], now[name]]
      if (isRecord(before) && isRecord(after)) walk(before, after, join(path, `${keyword}/${name}`))
      else if (!isDeepStrictEqual(before, after)) differences.push({ path: join(path, `${keyword}/${name}`), what: `was ${show(before)} and is ${show(after)}` })
    }
  }
}

function compareRequired (name: string, was: boolean, is: boolean, say: (name: string, what: string) => void): void {
  if (was !== is) say(name, was ? 'was required and is optional' : 'was optional and is required')
}

function behind (schema: JsonSchema, resolve: Resolve): JsonSchema {
  let target = schema
  for (let name = refOf(target); name !== undefined; name = refOf(target)) {
    const next = resolve(name)
    if (next === undefined || next === target) return target
    target = next
  }
  return target
}

function join (path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

function show (value: unknown): string {
  return value === undefined ? 'not stated' : JSON.stringify(value)
}
