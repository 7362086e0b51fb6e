import { PassThrough } from 'node:stream'
import type { Io } from '../../src/cli/io.js'
import { main } from '../../src/cli/main.js'

/** What one run of the CLI gave. */
export interface CliRun {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface CliSetting {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** what somebody types; makes the run one at a terminal */
  readonly typed?: string
  readonly signal?: AbortSignal
  /** called with everything that was written to stderr so far */
  onMessage? (stderr: string): void
}

/** Runs `vintage …` in this process. */
export async function runCli (argv: readonly string[], setting: CliSetting): Promise<CliRun> {
  const { io, written } = createTestIo(setting)
  const exitCode = await main(argv, io)
  return { exitCode, ...written() }
}

/** Streams in memory in place of a terminal or of pipes. */
export function createTestIo (setting: CliSetting): { io: Io, written (): { stdout: string, stderr: string } } {
  const stdin = new PassThrough()
  const [stdout, stderr] = [collect(), collect(setting.onMessage)]
  const isTTY = setting.typed !== undefined
  if (isTTY) Object.assign(stderr.stream, { isTTY: true, columns: 100 })
  stdin.end(setting.typed)
  const { cwd, env = {}, signal = new AbortController().signal } = setting
  const io: Io = { stdin, stdout: stdout.stream, stderr: stderr.stream, cwd, env, isTTY, signal }
  return { io, written: () => ({ stdout: stdout.text(), stderr: stderr.text() }) }
}

function collect (onText?: (text: string) => void): { stream: PassThrough, text (): string } {
  const stream = new PassThrough()
  let text = ''
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
    onText?.(text)
  })
  return { stream, text: () => text }
}
