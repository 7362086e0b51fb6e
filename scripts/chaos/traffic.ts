import { setTimeout as sleep } from 'node:timers/promises'
import { clockMs, describeError, openLog, type Cell, type Entry } from './log.js'
import { nameOf } from './names.js'
import { FRAGILE, HOT_ROWS, isFragile, ROWS, SENTINELS } from './rows.js'
import { below, randomFrom, type Random } from './random.js'

/** One write of a row, as its writer means it: its name, its points, or both. */
export interface Write {
  readonly uid: number
  readonly cells: readonly Cell[]
  readonly first: string
  readonly last: string
  readonly full: string
  /** digits, or what is no number */
  readonly score: string
}

export interface Shown { readonly cell: Cell, readonly uid: number, readonly value: string, readonly ver: number }

/** How a kind of process reads and writes. */
export interface Speaker {
  /** Writes all of them or none. @returns the versions of each row, as the database has told it; none of a row that is not there */
  write (writes: readonly Write[]): Promise<({ ver: number, pver: number } | undefined)[]>
  /** @returns one cell of each row, or both, in any order */
  read (uids: readonly number[], cell: Cell): Promise<Shown[]>
  /** @returns some rows that were inserted last */
  readNewest (): Promise<number[]>
  insert (row: Write): Promise<void>
  /** @returns whether the row was there */
  remove (uid: number): Promise<boolean>
  /** Changes the key of a row, up or down. @returns whether the row was there */
  move (uid: number): Promise<boolean>
}

/** What a process is ordered to do, by `key=value`. */
export interface Order {
  readonly url: string
  readonly name: string
  readonly file: string
  readonly seed: number
  /** no two processes of a run have the same */
  readonly life: number
  readonly leaseMs: number
  readonly pollMs: number
  readonly breathMs: number
}

export function parseOrder (message: string): Order {
  const values = new Map(message.split(' ').slice(1).map((part): [string, string] => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]))
  const text = (key: string): string => values.get(key) ?? ''
  const number = (key: string): number => Number(values.get(key))
  return { url: text('url'), name: text('name'), file: text('file'), seed: number('seed'), life: number('life'), leaseMs: number('leaseMs'), pollMs: number('pollMs'), breathMs: number('breathMs') }
}

const MOST_LATE_MS = 500

const UIDS_PER_LIFE = 10_000

/** What one process does, knows, and tells. */
interface Writer {
  readonly speaker: Speaker
  readonly order: Order
  readonly random: Random
  readonly log: (entry: Entry) => void
  /** cells of which this process was told that they are there */
  readonly told: Set<string>
  /** rows that were inserted, by anybody */
  readonly inserted: number[]
  serial: number
  isBad: boolean
}

/** Reads and writes overlapping rows until it is told `leave`, and logs what it is told. `bad` and `good` say what it writes as scores. */
export async function runTraffic (speaker: Speaker, order: Order, messages: string[]): Promise<void> {
  const writer: Writer = { speaker, order, random: randomFrom(order.seed), log: openLog(order.file), told: new Set(), inserted: [], serial: 0, isBad: false }
  for (let due = clockMs(); ;) {
    for (const message of messages.splice(0)) {
      if (message.startsWith('leave')) return
      writer.isBad = message.startsWith('bad')
      process.send?.(message)
    }
    await act(writer)
    // who is late makes up for it, but not for a halt
    due = Math.max(due + order.breathMs, clockMs() - MOST_LATE_MS)
    await sleep(Math.max(0, due - clockMs()))
  }
}

async function act (writer: Writer): Promise<void> {
  const { random, log, order } = writer
  const uids = [...new Set(random() < 0.8 ? [pickRow(writer)] : [1 + below(random, HOT_ROWS), 1 + below(random, HOT_ROWS)])].sort((a, b) => a - b)
  writer.serial++
  const dice = random()
  try {
    if (dice < 0.4) await read(writer, uids)
    else if (dice < 0.88) await write(writer, uids)
    else if (dice < 0.92) await insert(writer)
    else if (dice < 0.95) await remove(writer)
    else if (dice < 0.98) await move(writer)
    else writer.inserted.push(...await writer.speaker.readNewest())
    log({ kind: 'answered' })
  } catch (error) {
    log({ kind: 'error', by: order.name, ...describeError(error), fragile: uids.some(isFragile) })
    await sleep(100)
  }
}

/** Most are hot; the sentinels are only read. */
function pickRow ({ random, inserted }: Writer): number {
  const dice = random()
  if (dice < 0.6) return 1 + below(random, HOT_ROWS)
  if (dice < 0.65) return FRAGILE.from + below(random, FRAGILE.to - FRAGILE.from + 1)
  return (dice < 0.75 ? inserted[below(random, inserted.length)] : undefined) ?? 1 + below(random, ROWS)
}

function compose ({ random, order, serial, isBad }: Writer, uid: number, index: number): Write {
  const dice = random()
  const number = String(order.life * 1_000_000 + serial * 2 + index)
  const score = isBad && random() < 0.5 && uid >= FRAGILE.from && uid <= FRAGILE.to ? `n/a ${number}` : number
  return { uid, cells: dice < 0.45 ? ['name'] : dice < 0.9 ? ['points'] : ['name', 'points'], ...nameOf(random, order.name, serial * 2 + index), score }
}

async function read ({ speaker, log, told, random }: Writer, uids: readonly number[]): Promise<void> {
  const [asked, known] = [clockMs(), uids.filter((uid) => told.has(`name ${uid}`) || told.has(`points ${uid}`))]
  const rows = await speaker.read(uids, random() < 0.5 ? 'name' : 'points')
  for (const row of rows) log({ kind: 'read', ...row, asked })
  for (const uid of uids) if (rows.every((row) => row.uid !== uid)) log({ kind: 'missed', uid, known: known.includes(uid) })
}

async function write (writer: Writer, uids: readonly number[]): Promise<void> {
  const { speaker, log } = writer
  const writes = uids.filter((uid) => uid < SENTINELS[0] || uid > ROWS).map((uid, index) => compose(writer, uid, index))
  if (writes.length === 0) return
  for (const write of writes) tryAll(writer, write)
  const answers = await speaker.write(writes)
  for (const [index, write] of writes.entries()) {
    const answer = answers[index]
    if (answer === undefined) log({ kind: 'missed', uid: write.uid, known: writer.told.has(`${write.cells[0]} ${write.uid}`) })
    else hearAll(writer, write, answer)
  }
}

function tryAll ({ log }: Writer, { uid, cells, full, score }: Write): void {
  for (const cell of cells) log({ kind: 'try', cell, uid, value: cell === 'name' ? full : score })
}

function hearAll ({ log, told }: Writer, { uid, cells, full, score }: Write, versions: { ver: number, pver: number }): void {
  for (const cell of cells) {
    const ver = cell === 'name' ? versions.ver : versions.pver
    log({ kind: 'told', cell, uid, value: cell === 'name' ? full : score, ver, at: clockMs() })
    told.add(`${cell} ${uid}`)
  }
}

async function insert (writer: Writer): Promise<void> {
  const uid = 1_000_000 + writer.order.life * UIDS_PER_LIFE + writer.serial % UIDS_PER_LIFE
  if (writer.inserted.includes(uid)) return
  const row: Write = { ...compose(writer, uid, 0), cells: ['name', 'points'] }
  tryAll(writer, row)
  writer.log({ kind: 'inserting', uid })
  await writer.speaker.insert(row)
  hearAll(writer, row, { ver: 0, pver: 0 })
  writer.log({ kind: 'inserted', uid })
  writer.inserted.push(uid)
}

/** Rows that were there at the beginning go too, but seldom. */
async function remove (writer: Writer): Promise<void> {
  const { random, inserted, speaker, log } = writer
  const some = 1 + below(random, ROWS)
  const uid = random() < 0.7 ? inserted[below(random, inserted.length)] : isFragile(some) || some <= HOT_ROWS ? undefined : some
  if (uid === undefined) return
  log({ kind: 'deleting', uid })
  if (await speaker.remove(uid)) log({ kind: 'deleted', uid })
}

/** Hot rows keep their keys, so that all take them in one order. */
async function move ({ random, inserted, speaker, log }: Writer): Promise<void> {
  const some = 1 + below(random, ROWS)
  const uid = random() < 0.3 ? inserted[below(random, inserted.length)] : some > HOT_ROWS ? some : undefined
  if (uid !== undefined && await speaker.move(uid)) log({ kind: 'moved', uid })
}
