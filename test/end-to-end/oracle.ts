/**
 * Judges what clients saw. It imports nothing from `src` and shares no code with it: the two conversions are
 * written again here, in the plainest way, from the sentences of the version files.
 *
 * Every write adds 1 to the row's `ver` and is told the new one, so a row's history is a list by `ver`, and a
 * read that names its `ver` can be held against the one write that made it.
 */

export interface OldName { first_name: string, last_name: string }

export function mergeName ({ first_name: first, last_name: last }: OldName): string {
  return `${first} ${last}`.replace(/^ +/, '').replace(/ +$/, '')
}

export function splitName (full: string): OldName {
  const space = full.indexOf(' ')
  return space === -1
    ? { first_name: full, last_name: '' }
    : { first_name: full.slice(0, space), last_name: full.slice(space + 1) }
}

/** What one committed write left in a row; `old` is set when its writer spoke first and last names. */
export interface Written { full_name: string, old?: OldName, by: string }

interface Row {
  email: string
  created_at: string
  written: Map<number, Written>
  /** the highest `ver` that a writer has been told */
  acknowledged: number
}

export interface Observation {
  by: string
  id: number
  /** the user as the raw JSON text of the response */
  text: string
  ver: number
  shape: 'old' | 'head'
  /** the highest acknowledged `ver` when the request was sent */
  notBefore: number
}

export class Oracle {
  readonly rows = new Map<number, Row>()
  readonly observations: Observation[] = []
  readonly problems: string[] = []
  /** reads of rows whose last write was split at another place than its writer meant: the declared lossy case */
  lossyReads = 0
  checkedReads = 0

  create (id: number, fields: { email: string, created_at: string }, written: Written, ver = 1): void {
    if (this.rows.has(id)) this.problems.push(`row ${id} was created twice`)
    this.rows.set(id, { ...fields, written: new Map([[ver, written]]), acknowledged: ver })
  }

  acknowledge (id: number, ver: number, written: Written): void {
    const row = this.rows.get(id)
    if (row === undefined) {
      this.problems.push(`a write to row ${id}, which nobody created`)
      return
    }
    const other = row.written.get(ver)
    if (other !== undefined) this.problems.push(`row ${id} ver ${ver} was acknowledged to ${other.by} and to ${written.by}`)
    row.written.set(ver, written)
    row.acknowledged = Math.max(row.acknowledged, ver)
  }

  acknowledgedVer (id: number): number {
    return this.rows.get(id)?.acknowledged ?? 0
  }

  observe (observation: Observation): void {
    this.observations.push(observation)
  }

  /** Judged at the end, when every writer has been told its `ver`: then each `ver` must have exactly one writer. */
  judge (): void {
    for (const seen of this.observations) this.judgeRead(seen)
    for (const [id, row] of this.rows) {
      for (let ver = 1; ver <= row.acknowledged; ver++) {
        if (!row.written.has(ver)) this.problems.push(`row ${id} ver ${ver} has no writer, though ver ${row.acknowledged} was acknowledged`)
      }
    }
  }

  private judgeRead (seen: Observation): void {
    this.checkedReads++
    const row = this.rows.get(seen.id)
    const written = row?.written.get(seen.ver)
    if (row === undefined || written === undefined) {
      this.problems.push(`${seen.by} read row ${seen.id} ver ${seen.ver}, which nobody wrote: ${seen.text}`)
      return
    }
    if (seen.ver < seen.notBefore) {
      this.problems.push(`${seen.by} read row ${seen.id} ver ${seen.ver} after ver ${seen.notBefore} was acknowledged`)
    }
    const expected = seen.shape === 'head' ? headText(seen.id, row, seen.ver, written) : oldText(seen.id, row, seen.ver, written)
    if (seen.text !== expected) this.problems.push(`${seen.by} read ${seen.text}, expected ${expected} (written by ${written.by})`)
    if (seen.shape === 'old' && isLossy(written)) this.lossyReads++
  }

  /** Holds the table's final content against the last acknowledged write of each row. */
  judgeTable (rows: Array<{ id: number, full_name: string, ver: number }>): void {
    if (rows.length !== this.rows.size) this.problems.push(`the table has ${rows.length} rows, ${this.rows.size} were created`)
    for (const { id, full_name: fullName, ver } of rows) {
      const row = this.rows.get(id)
      const last = row?.written.get(row.acknowledged)
      if (row === undefined || last === undefined) this.problems.push(`row ${id} is in the table, nobody created it`)
      else if (ver !== row.acknowledged) this.problems.push(`row ${id} stands at ver ${ver}, ver ${row.acknowledged} was acknowledged`)
      else if (fullName !== last.full_name) this.problems.push(`row ${id} holds ${JSON.stringify(fullName)}, ${last.by} wrote ${JSON.stringify(last.full_name)}`)
    }
  }
}

/** True when the old client that wrote the row gets other first and last names back than it sent. */
function isLossy (written: Written): boolean {
  if (written.old === undefined) return false
  const back = splitName(written.full_name)
  return back.first_name !== written.old.first_name || back.last_name !== written.old.last_name
}

function headText (id: number, row: Row, ver: number, written: Written): string {
  return JSON.stringify({ id, full_name: written.full_name, email: row.email, created_at: row.created_at, ver })
}

function oldText (id: number, row: Row, ver: number, written: Written): string {
  return JSON.stringify({ id, ...splitName(written.full_name), email: row.email, created: row.created_at, ver })
}
