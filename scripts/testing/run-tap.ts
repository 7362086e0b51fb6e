import { runCommand } from './command.js'
import { readResults, type Counts } from './read-results.js'
import { writeTestSuites } from './test-suites.js'

/** What to run, and on which server. */
export interface TapRun {
  /** connection of a superuser */
  readonly postgresUrl: string
  /** test files; none: all of them, with the coverage gate */
  readonly files: readonly string[]
  readonly signal?: AbortSignal
}

/** Runs tap: a line for each of its processes as it ends, then the failures. The coverage gate counts as one check. */
export async function runTap ({ postgresUrl, files, signal }: TapRun): Promise<Counts> {
  const gated = files.length === 0
  const { code, output } = await runCommand('tap', ['run', '--reporter=tap', '--no-browser', '--jobs=4', ...(gated ? [] : ['--disable-coverage', '--allow-empty-coverage']), ...(gated ? await writeTestSuites() : files)], {
    env: { VINTAGE_TEST_POSTGRES: postgresUrl, NO_COLOR: '1' },
    onLine: showProgress,
    ...(signal === undefined ? {} : { signal })
  })
  const { passed, failed, failures } = readResults(output)
  for (const { name, details } of failures) console.log(`\n✖ ${name}\n${details}`)
  if (failed > 0) return { passed, failed }
  if (code !== 0) console.log(passed === 0 ? output : 'coverage of src/ is below 100%')
  return code === 0 ? { passed: passed + (gated ? 1 : 0), failed: 0 } : { passed, failed: 1 }
}

const FILE_ENDED = /^(?:not )?ok \d+ - /
const COMMENT = /^\s*# (?!Subtest|time=|\{)/
const COVERAGE_TABLE = /^(?:-+\||File +\||[^#]+\|[^|]*\|[^|]*\|[^|]*\|)/

function showProgress (line: string): void {
  if (FILE_ENDED.test(line) || COVERAGE_TABLE.test(line)) console.log(line)
  else if (COMMENT.test(line)) console.log(`  ${line.trim()}`)
}
