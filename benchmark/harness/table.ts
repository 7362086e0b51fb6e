import type { Interval } from '../statistics/bootstrap.js'
import { median } from '../statistics/quantile.js'
import { assess, type Goal, type Verdict } from '../statistics/verdict.js'
import type { Block, PairedBlock } from './block.js'
import { costsOf, type ComparisonResult, type Measurement, type Results } from './results.js'

/** What a run comes to as a whole: one goal missed is a miss, and one that nothing can be said of leaves it open. */
export function verdictOf ({ comparisons, measurements }: Results): Exclude<Verdict, 'for comparison'> {
  const verdicts = [...comparisons.map(({ blocks, goal }) => assess(costsOf(blocks), goal).verdict), ...measurements.map(judgeMeasurement)]
  return verdicts.includes('missed') ? 'missed' : verdicts.includes('inconclusive') ? 'inconclusive' : 'met'
}

/** A measurement is judged by its median. */
export function judgeMeasurement ({ atMost, samples }: Measurement): Verdict {
  if (atMost === null) return 'for comparison'
  return median(samples) <= atMost ? 'met' : 'missed'
}

/** The tables of one run as Markdown, made from its raw samples. */
export function formatTables (results: Results): string {
  const { date, node, processor, comparisons, measurements } = results
  const parts = [`Measured on ${date}, Node ${node.replace(/^v/, '')}, ${processor}.`]
  if (comparisons.length > 0) parts.push(table(['case', 'against', 'CPU µs', 'CPU µs of that', 'ratio (95 %)', 'A/A (95 %)', 'a second', 'p99 ms', 'goal', 'verdict'], comparisons.map(comparisonRow)))
  if (measurements.length > 0) parts.push(table(['what', 'measured', 'at most', 'verdict'], measurements.map(measurementRow)))
  return `${parts.join('\n\n')}\n`
}

function comparisonRow ({ name, against, goal, blocks }: ComparisonResult): string[] {
  const { ratio, noise, verdict } = assess(costsOf(blocks), goal)
  const of = (pick: (block: PairedBlock) => Block, value: (block: Block) => number) => median(blocks.map((pair) => value(pick(pair))))
  const subject = (pair: PairedBlock) => pair.subject
  const counterpart = (pair: PairedBlock) => pair.counterpart
  const both = (value: (block: Block) => number) => `${formatNumber(of(subject, value))} / ${formatNumber(of(counterpart, value))}`
  const timed = blocks.every((pair) => pair.subject.p99Micros !== null)
  return [
    name, against,
    formatNumber(of(subject, ({ cpuMicros }) => cpuMicros)), formatNumber(of(counterpart, ({ cpuMicros }) => cpuMicros)),
    formatInterval(ratio), formatInterval(noise),
    both(({ perSecond }) => perSecond),
    timed ? both(({ p99Micros }) => (p99Micros ?? NaN) / 1000) : '',
    formatGoal(goal), formatVerdict(verdict)
  ]
}

function measurementRow (measurement: Measurement): string[] {
  const { name, unit, atMost, samples } = measurement
  return [name, `${formatNumber(median(samples))} ${unit}`, atMost === null ? '' : `${formatNumber(atMost)} ${unit}`, formatVerdict(judgeMeasurement(measurement))]
}

export function table (head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

export function formatInterval ({ estimate, lower, upper }: Interval): string {
  return `${estimate.toFixed(3)} (${lower.toFixed(3)}–${upper.toFixed(3)})`
}

export function formatGoal (goal: Goal): string {
  if (goal === null) return ''
  return 'atLeast' in goal ? `≥ ${goal.atLeast}` : `≤ ${goal.atMost}`
}

export function formatVerdict (verdict: Verdict): string {
  return verdict === 'missed' ? '**missed**' : verdict
}

/** Three significant digits; thousands apart. */
export function formatNumber (value: number): string {
  if (value === 0) return '0'
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))))
  const [whole = '', fraction] = value.toFixed(digits).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ' ')
  return fraction === undefined ? grouped : `${grouped}.${fraction}`
}
