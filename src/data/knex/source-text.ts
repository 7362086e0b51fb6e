import { scanSync } from 'libpg-query'

/** From the first byte to the byte after the last one. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

interface Edit extends ByteRange {
  readonly text: string
}

const COMMENTS = new Set(['SQL_COMMENT', 'C_COMMENT'])

/** SQL text with replacements at positions of the parser, which counts in UTF-8 bytes. */
export class SourceText {
  readonly sql: string
  readonly #edits = new Map<number, Edit>()
  #tokens: ReadonlyMap<number, readonly ByteRange[]> | undefined

  constructor (sql: string) {
    this.sql = sql
  }

  /**
   * Where a reference of so many dotted parts stands, e.g. `u . "full_name"`.
   *
   * @returns undefined when no such reference stands there
   */
  rangeOf (location: number, parts: number): ByteRange | undefined {
    this.#tokens ??= tokensByStart(this.sql)
    const tokens = this.#tokens.get(location)?.slice(0, 2 * parts - 1)
    const last = tokens?.at(-1)
    return tokens?.length === 2 * parts - 1 && last !== undefined ? { start: location, end: last.end } : undefined
  }

  /** The parser repeats a node that stands once in the text, so a second edit of the same place is the same one. */
  replace (range: ByteRange, text: string): void {
    this.#edits.set(range.start, { ...range, text })
  }

  toString (): string {
    if (this.#edits.size === 0) return this.sql
    const bytes = Buffer.from(this.sql)
    let at = 0
    let result = ''
    for (const edit of [...this.#edits.values()].sort((a, b) => a.start - b.start)) {
      result += bytes.toString('utf8', at, edit.start) + edit.text
      at = edit.end
    }
    return result + bytes.toString('utf8', at)
  }
}

/** Start of a token → it and all that follow, comments left out. */
function tokensByStart (sql: string): Map<number, readonly ByteRange[]> {
  const tokens = scanSync(sql).tokens.filter((token) => !COMMENTS.has(token.tokenName))
  return new Map(tokens.map((token, index) => [token.start, tokens.slice(index, index + 7)]))
}
