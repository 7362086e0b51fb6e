import { createColors } from 'picocolors'
import type { Io } from './io.js'

type Colors = ReturnType<typeof createColors>

/** Where a command writes: results on stdout, everything else on stderr. */
export interface Output {
  readonly json: boolean
  readonly colors: Colors
  /** One line for the person who watches, on stderr. */
  say (line: string): void
  /**
   * What the command was asked for, once per run, on stdout.
   * @param document with `--json`: this, as one JSON document
   * @param text else: these lines
   */
  result (document: object, text: string): void
}

/** @param json whether `--json` was given */
export function createOutput (io: Io, json: boolean): Output {
  return {
    json,
    colors: createColors(io.isTTY && !json && isUnset(io.env.NO_COLOR)),
    say (line) {
      io.stderr.write(`${line}\n`)
    },
    result (document, text) {
      io.stdout.write(`${json ? JSON.stringify(document, null, 2) : text}\n`)
    }
  }
}

/** https://no-color.org: only a variable that is there and not empty turns colours off. */
function isUnset (variable: string | undefined): boolean {
  return variable === undefined || variable === ''
}
