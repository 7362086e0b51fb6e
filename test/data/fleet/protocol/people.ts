/** A row as whoever wrote it last has left it. */
export interface Person {
  readonly first: string
  readonly last: string
  readonly full: string
}

/** What the table has to hold, by what was written; it knows nothing of phases, markers or triggers. */
export class People {
  readonly #rows = new Map<number, Person>()

  writeOld (id: number, first: string, last: string): void {
    this.#rows.set(id, { first, last, full: `${first} ${last}`.trim() })
  }

  writeNew (id: number, full: string): void {
    const at = full.indexOf(' ')
    this.#rows.set(id, at === -1 ? { first: full, last: '', full } : { first: full.slice(0, at), last: full.slice(at + 1), full })
  }

  remove (id: number): void {
    this.#rows.delete(id)
  }

  copy (): People {
    const copy = new People()
    for (const [id, row] of this.#rows) copy.#rows.set(id, row)
    return copy
  }

  /** As a reader of the old side is to see it. */
  get old (): unknown[] {
    return this.#inOrder().map(([id, { first, last }]) => ({ id, first_name: first, last_name: last }))
  }

  /** As a reader of the new side is to see it. */
  get head (): unknown[] {
    return this.#inOrder().map(([id, { full }]) => ({ id, full_name: full }))
  }

  #inOrder (): Array<[number, Person]> {
    return [...this.#rows].sort(([one], [other]) => one - other)
  }
}
