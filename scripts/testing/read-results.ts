import { Parser } from 'tap-parser'

/** What a run of tap came to. */
export interface Counts {
  readonly passed: number
  readonly failed: number
}

/** One failed assertion, ready to print. */
export interface Failure {
  /** test file and titles, joined by ` > ` */
  readonly name: string
  readonly details: string
}

/** Counts every assertion of a TAP document, and lists those that failed; skipped ones count as neither. */
export function readResults (tap: string): Counts & { readonly failures: readonly Failure[] } {
  const failures: Failure[] = []
  let passed = 0
  for (const event of Parser.parse(tap, { flat: true })) {
    if (event[0] !== 'assert') continue
    const result = event[1]
    if (result.skip !== false || result.todo !== false) continue
    if (result.ok) passed++
    else failures.push({ name: result.fullname || result.name, details: describe(result.diag) })
  }
  return { passed, failed: failures.length, failures }
}

function describe (details: unknown): string {
  if (typeof details !== 'object' || details === null) return ''
  return Object.entries(details)
    .filter(([key]) => ['message', 'diff', 'found', 'wanted', 'stack', 'code', 'exitCode', 'signal', 'timeout'].includes(key))
    .map(([key, value]) => `${key}: ${typeof value === 'string' ? value.trimEnd() : JSON.stringify(value)}`)
    .concat(Reflect.has(details, 'at') ? [`at: ${placeOf(Reflect.get(details, 'at'))}`] : [])
    .join('\n')
    .replaceAll(/^/gm, '    ')
}

function placeOf (at: unknown): string {
  const { fileName, lineNumber } = Object(at)
  return `${fileName}:${lineNumber}`
}
