import { cpus } from 'node:os'
import { isList, isRecord } from '../../src/versioning/json-schema.js'
import type { CostBlock, Goal } from '../statistics/verdict.js'
import type { Block, RoundBlock } from './block.js'

/** What a run of one benchmark measured; the file is `benchmark/results/<name>.json`. */
export interface Results {
  readonly name: string
  /** `2026-11-01` */
  readonly date: string
  readonly node: string
  readonly processor: string
  readonly comparisons: readonly ComparisonResult[]
  readonly measurements: readonly Measurement[]
}

/** The raw samples of one comparison. */
export interface ComparisonResult {
  readonly name: string
  readonly against: string
  readonly goal: Goal
  readonly blocks: readonly RoundBlock[]
}

/** Something that is measured by itself and has a limit, or none. */
export interface Measurement {
  readonly name: string
  readonly unit: string
  readonly atMost: number | null
  readonly samples: readonly number[]
}

/** The costs that are judged: CPU time per operation. */
export function costsOf (blocks: readonly RoundBlock[]): CostBlock[] {
  return blocks.map(({ round, subject, counterpart, again }) => ({ round, subject: subject.cpuMicros, counterpart: counterpart.cpuMicros, again: again.cpuMicros }))
}

/** Where and when a run took place. */
export function describeRun (name: string): Pick<Results, 'name' | 'date' | 'node' | 'processor'> {
  const [first] = cpus()
  return { name, date: new Date().toISOString().slice(0, 10), node: process.version, processor: `${cpus().length} × ${first?.model.trim() ?? 'unknown'}` }
}

/** The text of a result file: one line for each pair of blocks. */
export function formatResults (results: Results): string {
  const line = (value: unknown) => JSON.stringify(value, (_, inner) => typeof inner === 'number' ? Number(inner.toPrecision(7)) : inner)
  const lines = (values: readonly unknown[]) => `[${values.map((value) => `\n      ${line(value)}`).join(',')}\n    ]`
  const { comparisons, measurements, ...run } = results
  const entries = comparisons.map(({ blocks, ...comparison }) => `\n    ${line(comparison).slice(0, -1)},"blocks":${lines(blocks)}}`)
  return `{\n  "run": ${line(run)},\n  "comparisons": [${entries.join(',')}\n  ],\n  "measurements": [${measurements.map((one) => `\n    ${line(one)}`).join(',')}\n  ]\n}\n`
}

/**
 * Reads the text of a result file.
 * @throws TypeError for anything else
 */
export function parseResults (text: string): Results {
  const file: unknown = JSON.parse(text)
  if (!isRecord(file) || !isRecord(file.run) || !isList(file.comparisons) || !isList(file.measurements)) throw new TypeError('not a file of results')
  const { name, date, node, processor } = file.run
  return { name: String(name), date: String(date), node: String(node), processor: String(processor), comparisons: file.comparisons.map(readComparison), measurements: file.measurements.map(readMeasurement) }
}

function readComparison (value: unknown): ComparisonResult {
  if (!isRecord(value) || !isList(value.blocks)) throw new TypeError('not a comparison')
  return { name: String(value.name), against: String(value.against), goal: readGoal(value.goal), blocks: value.blocks.map(readPair) }
}

function readGoal (value: unknown): Goal {
  if (!isRecord(value)) return null
  return 'atLeast' in value ? { atLeast: Number(value.atLeast) } : { atMost: Number(value.atMost) }
}

function readPair (value: unknown): RoundBlock {
  if (!isRecord(value) || typeof value.round !== 'number') throw new TypeError('not a pair of blocks')
  return { round: value.round, subject: readBlock(value.subject), counterpart: readBlock(value.counterpart), again: readBlock(value.again) }
}

function readBlock (value: unknown): Block {
  if (!isRecord(value)) throw new TypeError('not a block')
  return { cpuMicros: Number(value.cpuMicros), perSecond: Number(value.perSecond), p99Micros: value.p99Micros === null ? null : Number(value.p99Micros) }
}

function readMeasurement (value: unknown): Measurement {
  if (!isRecord(value) || !isList(value.samples)) throw new TypeError('not a measurement')
  return { name: String(value.name), unit: String(value.unit), atMost: value.atMost === null ? null : Number(value.atMost), samples: value.samples.map(Number) }
}
