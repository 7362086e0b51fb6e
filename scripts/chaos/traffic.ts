import { setTimeout as sleep } from 'node:timers/promises'
import { describeError, openLog } from './log.js'
import { nameOf } from './names.js'
import { HOT_ROWS, ROWS } from './people.js'
import { below, randomFrom } from './random.js'

/** One write of a row, as its writer means it. */
export interface Write {
  readonly id: number
  readonly first: string
  readonly last: string
  readonly full: string
}

/** How a kind of process reads and writes. */
export interface Speaker {
  /** Writes all of them or none. @returns the version of each row, as the database has told it */
  write (writes: readonly Write[]): Promise<number[]>
  /** @returns the rows in any order */
  read (ids: readonly number[]): Promise<{ id: number, full: string, ver: number }[]>
}

const BREATH_MS = 25

/** Reads and writes overlapping rows until SIGTERM, and logs what it is told. */
export async function runTraffic (speaker: Speaker, { name, file, seed }: { name: string, file: string, seed: number }): Promise<void> {
  const stopping = new AbortController()
  process.once('SIGTERM', () => stopping.abort())
  const log = openLog(file)
  const random = randomFrom(seed)
  const told = new Map<number, number>()
  const pickRow = (): number => 1 + below(random, random() < 0.7 ? HOT_ROWS : ROWS)
  for (let serial = 0; !stopping.signal.aborted; serial++) {
    const ids = [...new Set(random() < 0.8 ? [pickRow()] : [pickRow(), pickRow()])].sort((a, b) => a - b)
    try {
      if (random() < 0.4) {
        const before = new Map(told)
        for (const row of await speaker.read(ids)) log({ kind: 'read', ...row, told: before.get(row.id) ?? 0 })
      } else {
        const writes = ids.map((id, index) => ({ id, ...nameOf(random, name, serial * 2 + index) }))
        for (const { id, full } of writes) log({ kind: 'try', id, full })
        const versions = await speaker.write(writes)
        for (const [index, { id, full }] of writes.entries()) {
          const ver = versions[index] ?? -1
          log({ kind: 'told', id, full, ver })
          told.set(id, Math.max(told.get(id) ?? 0, ver))
        }
      }
    } catch (error) {
      log({ kind: 'error', by: name, ...describeError(error) })
      await sleep(100)
    }
    await sleep(BREATH_MS)
  }
}
