import { isDeepStrictEqual } from 'node:util'
import { isList, isRecord } from '../../src/versioning/json-schema.js'
import { describeRun, type Results } from '../harness/results.js'
import type { CostBlock, Goal } from '../statistics/verdict.js'

/** Where and when something was measured. */
export interface Measured extends Pick<Results, 'date' | 'node' | 'processor'> {
  /** the server and its settings */
  readonly server: string
}

/** What a run of `bench:data` measured; the file is `benchmark/results/data.json`. */
export interface DataResults extends Measured {
  readonly name: string
  readonly comparisons: readonly DataComparison[]
  readonly measurements: readonly DataMeasurement[]
}

/** The raw samples of one comparison: what the case, its counterpart and the counterpart once more took in each run. */
export interface DataComparison {
  readonly name: string
  readonly against: string
  /** of the costs, e.g. `ms` */
  readonly unit: string
  readonly goal: Goal
  readonly runs: readonly CostBlock[]
  /** what else was seen, e.g. node types of the plans */
  readonly notes: readonly string[]
  /** @default where and when the run was */
  readonly measured?: Measured
}

/** Something that is measured by itself. */
export interface DataMeasurement {
  readonly name: string
  readonly unit: string
  readonly goal: Goal
  /** which sample is judged and shown @default the median */
  readonly judged: 'median' | 'largest' | 'smallest'
  readonly samples: readonly number[]
  readonly notes: readonly string[]
  /** @default where and when the run was */
  readonly measured?: Measured
}

/** Where and when a run took place. */
export function describeDataRun (server: string): Omit<DataResults, 'comparisons' | 'measurements'> {
  return { ...describeRun('data'), server }
}

/** What a run of some groups measured takes the place of what bears the same names; the rest stays, and says where and when it was measured. */
export function mergeDataResults (kept: DataResults | null, now: DataResults): DataResults {
  if (kept === null) return now
  const merge = <Entry extends { readonly name: string, readonly measured?: Measured }>(before: readonly Entry[], after: readonly Entry[]): Entry[] => {
    const measured = new Map(after.map((entry) => [entry.name, entry]))
    const names = new Set(before.map(({ name }) => name))
    return [...before.map((entry) => measured.get(entry.name) ?? dated(entry, kept, now)), ...after.filter(({ name }) => !names.has(name))]
  }
  return { ...now, comparisons: merge(kept.comparisons, now.comparisons), measurements: merge(kept.measurements, now.measurements) }
}

function dated<Entry extends { readonly measured?: Measured }> (entry: Entry, kept: Measured, now: Measured): Entry {
  const measured = measuredOf(entry.measured ?? kept)
  return isDeepStrictEqual(measured, measuredOf(now)) ? entry : { ...entry, measured }
}

function measuredOf ({ date, node, processor, server }: Measured): Measured {
  return { date, node, processor, server }
}

/** The text of the file: one line for each entry. */
export function formatDataResults ({ comparisons, measurements, ...run }: DataResults): string {
  const line = (value: unknown) => JSON.stringify(value, (_, inner) => typeof inner === 'number' ? Number(inner.toPrecision(7)) : inner)
  const lines = (values: readonly unknown[]) => `[${values.map((value) => `\n    ${line(value)}`).join(',')}\n  ]`
  return `{\n  "run": ${line(run)},\n  "comparisons": ${lines(comparisons)},\n  "measurements": ${lines(measurements)}\n}\n`
}

/**
 * Reads the text of a result file.
 * @throws TypeError for anything else
 */
export function parseDataResults (text: string): DataResults {
  const file: unknown = JSON.parse(text)
  if (!isRecord(file) || !isRecord(file.run) || !isList(file.comparisons) || !isList(file.measurements)) throw new TypeError('not a file of results of bench:data')
  return {
    name: String(file.run.name),
    ...readMeasured(file.run),
    comparisons: file.comparisons.map(readComparison),
    measurements: file.measurements.map(readMeasurement)
  }
}

function readMeasured ({ date, node, processor, server }: Readonly<Record<string, unknown>>): Measured {
  return { date: String(date), node: String(node), processor: String(processor), server: String(server) }
}

/** Only what an earlier run has measured says so. */
function readOwn ({ measured }: Readonly<Record<string, unknown>>): { readonly measured?: Measured } {
  return isRecord(measured) ? { measured: readMeasured(measured) } : {}
}

function readComparison (value: unknown): DataComparison {
  if (!isRecord(value) || !isList(value.runs)) throw new TypeError('not a comparison')
  return { name: String(value.name), against: String(value.against), unit: String(value.unit), goal: readGoal(value.goal), runs: value.runs.map(readRun), notes: readNotes(value.notes), ...readOwn(value) }
}

function readMeasurement (value: unknown): DataMeasurement {
  if (!isRecord(value) || !isList(value.samples)) throw new TypeError('not a measurement')
  const judged = value.judged === 'largest' || value.judged === 'smallest' ? value.judged : 'median'
  return { name: String(value.name), unit: String(value.unit), goal: readGoal(value.goal), judged, samples: value.samples.map(Number), notes: readNotes(value.notes), ...readOwn(value) }
}

function readRun (value: unknown): CostBlock {
  if (!isRecord(value)) throw new TypeError('not a run')
  return { subject: Number(value.subject), counterpart: Number(value.counterpart), again: Number(value.again) }
}

function readGoal (value: unknown): Goal {
  if (!isRecord(value)) return null
  return 'atLeast' in value ? { atLeast: Number(value.atLeast) } : { atMost: Number(value.atMost) }
}

function readNotes (value: unknown): string[] {
  return isList(value) ? value.map(String) : []
}
