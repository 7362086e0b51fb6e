import type { OtherRelation, TableState } from '../knex/table-state.js'

/** Columns of other tables change seldom, and the phases are what must be seen at once. */
const EVERY_MS = 5_000

/** What an instance knows of relations that are not in transition: those of its columns that bear names of columns that are. */
export class OtherRelations {
  readonly #readNamesakes: (columns: readonly string[]) => Promise<readonly OtherRelation[]>
  readonly #everyMs: number
  #relations: readonly OtherRelation[] = []
  /** of relations, to be compared */
  #text = '[]'
  #columns = '[]'
  #readAt = -Infinity

  constructor (readNamesakes: (columns: readonly string[]) => Promise<readonly OtherRelation[]>, everyMs = EVERY_MS) {
    this.#readNamesakes = readNamesakes
    this.#everyMs = everyMs
  }

  /** @returns the same array as before where nothing has changed, and at most every so often another one for the same columns */
  async besides (tables: readonly TableState[]): Promise<readonly OtherRelation[]> {
    const columns = [...new Set(tables.flatMap(({ spanned, gone }) => [...spanned.keys(), ...gone.keys()]))].sort()
    const key = JSON.stringify(columns)
    if (key !== this.#columns || (columns.length > 0 && performance.now() - this.#readAt > this.#everyMs)) {
      this.#keep(columns.length === 0 ? [] : await this.#readNamesakes(columns))
      this.#columns = key
      this.#readAt = performance.now()
    }
    return this.#relations
  }

  #keep (relations: readonly OtherRelation[]): void {
    const text = JSON.stringify(relations.map(({ namesakes, ...other }) => [other, [...namesakes]]))
    if (text !== this.#text) this.#relations = relations
    this.#text = text
  }
}
