import { scanSync } from 'libpg-query'
import { NotUnderstoodError } from '../../errors.js'
import { excerpt } from './excerpt.js'

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
  #tokens: readonly ByteRange[] | undefined

  constructor (sql: string) {
    this.sql = sql
  }

  /**
   * Where a name of so many dotted parts stands, e.g. `u . "full_name"`.
   *
   * @throws FST_ERR_VINTAGE_STATEMENT_NOT_UNDERSTOOD when no token begins there
   */
  rangeOf (location: number, parts: number): ByteRange {
    this.#tokens ??= scanSync(this.sql).tokens.filter((token) => !COMMENTS.has(token.tokenName))
    const first = this.#tokens.findIndex(({ start }) => start === location)
    const last = first === -1 ? undefined : this.#tokens[first + 2 * parts - 2]
    if (last === undefined) throw new NotUnderstoodError('a name', 'it cannot be found in the text', excerpt(this.sql))
    return { start: location, end: last.end }
  }

  /** The parser repeats a node that stands once in the text, so a second edit of the same place is the same one. */
  replace (range: ByteRange, text: string): void {
    this.#edits.set(range.start, { ...range, text })
  }

  toString (): string {
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
