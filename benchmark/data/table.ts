import { formatGoal, formatInterval, formatNumber, formatVerdict, table } from '../harness/table.js'
import { median } from '../statistics/quantile.js'
import type { Verdict } from '../statistics/verdict.js'
import { judgeComparison, judgedSample, judgeMeasurement } from './judge.js'
import type { DataComparison, DataMeasurement, DataResults, Measured } from './results.js'

/** What a run comes to as a whole: one goal missed is a miss, and one that nothing can be said of leaves it open. */
export function verdictOfData ({ comparisons, measurements }: Pick<DataResults, 'comparisons' | 'measurements'>): Exclude<Verdict, 'for comparison'> {
  const verdicts = [...comparisons.map((comparison) => judgeComparison(comparison).verdict), ...measurements.map(judgeMeasurement)]
  return verdicts.includes('missed') ? 'missed' : verdicts.includes('inconclusive') ? 'inconclusive' : 'met'
}

/** The tables of one run as Markdown, made from its raw samples. */
export function formatDataTables ({ comparisons, measurements, ...run }: DataResults): string {
  const parts = [`Measured ${describeMeasured(run)}.`]
  if (comparisons.length > 0) parts.push(table(['case', 'against', 'took', 'that took', 'ratio (95 %)', 'A/A (95 %)', 'goal', 'verdict', 'notes'], comparisons.map(comparisonRow)))
  if (measurements.length > 0) parts.push(table(['what', 'measured', 'goal', 'verdict', 'notes'], measurements.map(measurementRow)))
  return `${parts.join('\n\n')}\n`
}

/** The rows of some results, to be read while the run goes on. */
export function formatRows ({ comparisons, measurements }: Pick<DataResults, 'comparisons' | 'measurements'>): string {
  return [...comparisons.map(comparisonRow), ...measurements.map(measurementRow)].map((cells) => `  ${cells.filter((cell) => cell !== '').join(' | ')}`).join('\n')
}

function comparisonRow (comparison: DataComparison): string[] {
  const { name, against, unit, goal, runs } = comparison
  const { ratio, noise, verdict } = judgeComparison(comparison)
  const took = (pick: (run: DataComparison['runs'][number]) => number) => `${formatNumber(median(runs.map(pick)))} ${unit}`
  return [name, against, took(({ subject }) => subject), took(({ counterpart }) => counterpart), formatInterval(ratio), formatInterval(noise), formatGoal(goal), formatVerdict(verdict), notesOf(comparison)]
}

function measurementRow (measurement: DataMeasurement): string[] {
  const { name, unit, goal } = measurement
  return [name, `${formatNumber(judgedSample(measurement))} ${unit}`, goal === null ? '' : `${formatGoal(goal)} ${unit}`, formatVerdict(judgeMeasurement(measurement)), notesOf(measurement)]
}

function notesOf ({ notes, measured }: DataComparison | DataMeasurement): string {
  return [...notes, ...measured === undefined ? [] : [`measured ${describeMeasured(measured)}`]].join('; ')
}

function describeMeasured ({ date, node, processor, server }: Measured): string {
  return `on ${date}, Node ${node.replace(/^v/, '')}, ${processor}, ${server}`
}
