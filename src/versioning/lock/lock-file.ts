import { LockError } from '../../errors.js'
import { isList, isRecord, isSchemaMap, type JsonSchema } from '../json-schema.js'
import type { Conversion, Conversions } from './conversions.js'
import type { VersionContract } from './describe-version.js'

/** The contract of one version, and the conversions that lead to it from the version before. */
export interface LockedVersion extends VersionContract {
  /** response headers and statuses that any change is about, as the version calls them: `GET /orders header x-total`, each an empty record */
  readonly answers: ReadonlyMap<string, JsonSchema>
  readonly conversions: ReadonlyMap<string, Conversions>
}

/** The contracts of all released versions, oldest first. */
export type Lock = ReadonlyMap<string, LockedVersion>

const note = 'What clients of each version see; a version names only what differs from the one before it. Written by `vintage check --update`.'

/** Keywords whose entries have a line each, so that a diff shows the field. */
const opened = new Set(['properties', '$defs', 'anyOf', 'allOf', 'oneOf'])

/** @returns the text of `contract.lock.json`: one line for each thing, in the order of the alphabet */
export function printLock (lock: Lock): string {
  const versions: Record<string, unknown> = {}
  let before: Omit<LockedVersion, 'conversions'> = { schemas: new Map(), places: new Map(), answers: new Map() }
  for (const [version, locked] of lock) {
    const answers = deltaOf(before.answers, locked.answers)
    versions[version] = {
      schemas: deltaOf(before.schemas, locked.schemas),
      places: deltaOf(before.places, locked.places),
      ...(Object.keys(answers).length > 0 ? { answers } : {}),
      conversions: Object.fromEntries(locked.conversions)
    }
    before = locked
  }
  return `${printValue({ $comment: note, format: 1, versions }, '', isOpen)}\n`
}

function deltaOf (before: ReadonlyMap<string, JsonSchema>, after: ReadonlyMap<string, JsonSchema>): Record<string, JsonSchema | null> {
  const changed = [...after].filter(([name, schema]) => JSON.stringify(before.get(name)) !== JSON.stringify(schema))
  const gone = [...before.keys()].filter((name) => !after.has(name)).map((name): [string, null] => [name, null])
  return Object.fromEntries([...changed, ...gone].sort(([a], [b]) => Number(a > b) - Number(a < b)))
}

/** Everything down to a schema is opened, in a schema its properties and branches. */
function isOpen (path: readonly string[]): boolean {
  const [, , part, ...below] = path
  if (part === undefined) return true
  if (part === 'conversions') return below.length < 3
  const last = String(below.at(-1))
  return below.length < 2 || opened.has(last)
}

function printValue (value: unknown, indent: string, isOpen: (path: readonly string[]) => boolean, path: readonly string[] = []): string {
  if (typeof value !== 'object' || value === null || !isOpen(path) || isShort(value)) return JSON.stringify(value)
  const inner = `${indent}  `
  const [open, close] = isList(value) ? '[]' : '{}'
  const lines = Object.entries(value).map(([key, below]) => {
    const name = isList(value) ? '' : `${JSON.stringify(key)}: `
    return `${inner}${name}${printValue(below, inner, isOpen, [...path, key])}`
  })
  return lines.length === 0 ? `${open}${close}` : `${open}\n${lines.join(',\n')}\n${indent}${close}`
}

/** A schema without properties or branches. */
function isShort (value: object): boolean {
  return ('$ref' in value || 'type' in value || 'enum' in value) && !Object.keys(value).some((keyword) => opened.has(keyword))
}

/**
 * Reads `contract.lock.json`.
 *
 * @param file its path, for messages
 * @throws FST_ERR_VINTAGE_LOCK when the text is no lock
 */
export function parseLock (text: string, file: string): Lock {
  const document = parseJson(text, file)
  if (!isRecord(document) || document.format !== 1 || !isRecord(document.versions)) throw new LockError(file, 'is no lock of contracts that this version of fastify-vintage can read: restore it from version control, or remove it and run `vintage check --update`')
  const lock = new Map<string, LockedVersion>()
  let before: Omit<LockedVersion, 'conversions'> = { schemas: new Map(), places: new Map(), answers: new Map() }
  for (const [version, entry] of Object.entries(document.versions)) {
    const { schemas, places, answers, conversions } = isRecord(entry) ? entry : {}
    before = { schemas: applyDelta(before.schemas, schemas), places: applyDelta(before.places, places), answers: applyDelta(before.answers, answers) }
    lock.set(version, { ...before, conversions: readConversions(conversions) })
  }
  return lock
}

function parseJson (text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new LockError(file, 'is no JSON: resolve the merge by taking both sides and running `vintage check --update`, or restore it from version control', { cause })
  }
}

function applyDelta (before: ReadonlyMap<string, JsonSchema>, delta: unknown): ReadonlyMap<string, JsonSchema> {
  const after = new Map(before)
  for (const [name, schema] of Object.entries(isRecord(delta) ? delta : {})) {
    if (isRecord(schema)) after.set(name, schema)
    else after.delete(name)
  }
  return after
}

function readConversions (value: unknown): ReadonlyMap<string, Conversions> {
  const entries = isSchemaMap(value) ? Object.entries(value) : []
  return new Map(entries.map(([name, { upgrade, downgrade }]) => [name, { upgrade: readList(upgrade), downgrade: readList(downgrade) }]))
}

function readList (value: unknown): readonly Conversion[] {
  return isList(value) ? value.filter(isRecord).map((conversion) => ({ in: conversion.in, out: conversion.out })) : []
}
