import { AjvCompiler } from '@fastify/ajv-compiler'
import type { LightMyRequestResponse } from 'fastify'
import type { Test } from 'tap'
import { deriveContracts, type Place } from '../../src/versioning/contracts.js'
import { historyOf } from '../../src/versioning/history.js'
import { isList, isRecord, type JsonSchema } from '../../src/versioning/json-schema.js'
import { Account, head, versions, VERSIONS } from './ledger.js'

/** What the API promises in each version, read from the derived contracts. */
export function promisesOf () {
  const contracts = deriveContracts(historyOf(versions), head)
  // nothing coerced, filled in or taken out: an answer is valid as it is, or not
  const compile = AjvCompiler()({}, { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false } })
  const validators = new Map<string, ReturnType<typeof compile>>()
  function schemaOf (place: Place, version: number): JsonSchema {
    const schema = head.places.get(place)
    if (schema === undefined) throw new Error(`there is no place ${place}`)
    return contracts.shape(place, version)?.schema ?? { $defs: { Account: bindRefs(Account) }, ...bindRefs(schema) }
  }
  return {
    schemaOf,
    /** @throws when a value is not what the place promises in that version */
    async requireValid (place: Place, version: number, value: unknown): Promise<void> {
      const validate = validators.get(`${place} ${version}`) ?? compile({ schema: schemaOf(place, version) })
      validators.set(`${place} ${version}`, validate)
      if (validate(value) !== true) throw new Error(`${place} in ${VERSIONS[version]}: ${JSON.stringify(validate.errors)} in ${JSON.stringify(value)}`)
    }
  }
}

/** A schema of head by itself, where it refers to a shared one. */
function bindRefs (schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema, (key, value: unknown) => key === '$id' ? undefined : value === 'Account' && key === '$ref' ? '#/$defs/Account' : value))
}

/** @throws for what no client may ever see, whatever it sends */
export function requireDecent (response: LightMyRequestResponse, sent: unknown): void {
  const { statusCode, body } = response
  if (statusCode >= 500) throw new Error(`${statusCode}: ${body}`)
  if (!('vary' in response.headers)) throw new Error(`${statusCode} without Vary`)
  if (Object.keys(Object.prototype).length > 0 || 'polluted' in Object.prototype) throw new Error('the prototype of all objects was written to')
  if (statusCode === 422) requirePointers(response.json(), sent)
}

/** Each path of a 422 leads to something that was sent. */
function requirePointers (problem: unknown, sent: unknown): void {
  const paths = pathsOf(problem)
  if (paths.length === 0) throw new Error(`a 422 points at nothing: ${JSON.stringify(problem)}`)
  for (const path of paths) {
    let value: unknown = sent
    for (const key of path.split('/').slice(1)) {
      const name = key.replaceAll('~1', '/').replaceAll('~0', '~')
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) throw new Error(`a 422 points at ${path}, which was not sent: ${JSON.stringify(problem)}`)
      value = Reflect.get(value, name)
    }
  }
}

/** The paths of the ledger's error handler, or the pointers of a problem of ours. */
function pathsOf (problem: unknown): string[] {
  const { paths, errors } = isRecord(problem) ? problem : {}
  if (isList(paths)) return paths.map(String)
  return isList(errors) ? errors.filter(isRecord).map(({ pointer }) => decodeURI(String(pointer).slice(1))) : []
}

/** How often to try, and with which seed: `VINTAGE_FUZZ_RUNS` for all properties of a file together, `VINTAGE_FUZZ_SEED` to see a failure again. */
export function effort (t: Test, share: number): { numRuns: number, seed: number } {
  const runs = Number(process.env.VINTAGE_FUZZ_RUNS ?? 80)
  const seed = Number(process.env.VINTAGE_FUZZ_SEED ?? (process.env.VINTAGE_FUZZ_RUNS === undefined ? 20_261_101 : Date.now() % 2 ** 31))
  const numRuns = Math.ceil(runs * share)
  t.comment(`${numRuns} runs, VINTAGE_FUZZ_SEED=${seed}`)
  return { numRuns, seed }
}
