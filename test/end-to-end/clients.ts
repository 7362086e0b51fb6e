import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { mergeName, type OldName, type Oracle } from './oracle.js'
import { nameOf, randomFrom } from './names.js'

/** between two requests of one client: the machine has other tests to run */
const BREATH_MS = 40

/** What one kind of client did, for the report. */
export interface Tally { reads: number, lists: number, orders: number, creates: number, patches: number, failed: string[] }

export interface HttpClient { readonly by: string, readonly tally: Tally, stop (): Promise<void> }

interface HttpClientOptions {
  readonly by: string
  readonly shape: 'old' | 'head'
  readonly servers: readonly string[]
  readonly apiKey: string
  readonly version: string
  readonly oracle: Oracle
  readonly hotRows: number
  readonly seed: number
}

interface UserBody { id: number, email: string, ver: number, created?: string, created_at?: string }

/** Loops over reads, lists, creates and patches until it is stopped; every answer goes to the oracle. */
export function startHttpClient (options: HttpClientOptions): HttpClient {
  const { by, shape, oracle } = options
  const random = randomFrom(options.seed)
  const tally: Tally = { reads: 0, lists: 0, orders: 0, creates: 0, patches: 0, failed: [] }
  let serial = 0
  const stopping = new AbortController()

  async function request (method: string, path: string, body?: unknown): Promise<string | undefined> {
    const server = options.servers[Math.floor(random() * options.servers.length)] ?? ''
    const headers: Record<string, string> = { authorization: `Bearer ${options.apiKey}`, 'api-version': options.version }
    if (body !== undefined) headers['content-type'] = 'application/json'
    try {
      const response = await fetch(server + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
      const text = await response.text()
      const echoed = response.headers.get('api-version')
      if (echoed !== options.version) tally.failed.push(`${method} ${path}: served as ${echoed}`)
      if (response.ok) return text
      tally.failed.push(`${method} ${path}: ${response.status} ${text}`)
    } catch (error) {
      tally.failed.push(`${method} ${path}: ${String(error)}`)
    }
    return undefined
  }

  function newName (): { sent: OldName | { full_name: string }, full_name: string, old?: OldName } {
    const name = nameOf(random, `${by}.${serial++}`)
    const fullName = mergeName(name)
    return shape === 'old' ? { sent: name, full_name: fullName, old: name } : { sent: { full_name: fullName }, full_name: fullName }
  }

  /** Cuts the users out of a list's text, so that each is compared byte for byte. */
  function observeAll (text: string, marks: Map<number, number>): number {
    const users = text.match(/\{"id":\d+,"(?:full_name|first_name)":(?:[^{}"]|"(?:[^"\\]|\\.)*")*\}/g) ?? []
    for (const user of users) observe(user, marks)
    return users.length
  }

  function observe (text: string, marks: Map<number, number>): void {
    const { id, ver } = JSON.parse(text) as UserBody
    oracle.observe({ by, id, text, ver, shape, notBefore: marks.get(id) ?? 0 })
  }

  /** What had been acknowledged of the rows that writers fight over when a request is sent. */
  function marksNow (): Map<number, number> {
    return new Map(Array.from({ length: options.hotRows }, (_, index) => [index + 1, oracle.acknowledgedVer(index + 1)]))
  }

  const pickRow = (): number => 1 + Math.floor(random() * options.hotRows)

  async function read (): Promise<void> {
    const id = pickRow()
    const marks = new Map([[id, oracle.acknowledgedVer(id)]])
    const text = await request('GET', `/users/${id}`)
    if (text === undefined) return
    observe(text, marks)
    tally.reads++
  }

  async function list (): Promise<void> {
    const marks = marksNow()
    const text = await request('GET', '/users?limit=20')
    if (text === undefined) return
    if (observeAll(text, marks) !== 20) tally.failed.push(`GET /users: not 20 users in ${text}`)
    tally.lists++
  }

  async function listOrders (): Promise<void> {
    const marks = marksNow()
    const text = await request('GET', '/orders?limit=10')
    if (text === undefined) return
    if (observeAll(text, marks) !== 10) tally.failed.push(`GET /orders: not 10 users in ${text}`)
    tally.orders++
  }

  async function create (): Promise<void> {
    const { sent, ...written } = newName()
    const email = `${by}.${serial++}@example.test`
    const text = await request('POST', '/users', { ...sent, email })
    if (text === undefined) return
    const user = JSON.parse(text) as UserBody
    oracle.create(user.id, { email, created_at: user.created_at ?? user.created ?? '' }, { ...written, by }, user.ver)
    observe(text, new Map())
    tally.creates++
  }

  async function patch (): Promise<void> {
    const { sent, ...written } = newName()
    const id = pickRow()
    const marks = new Map([[id, oracle.acknowledgedVer(id)]])
    const text = await request('PATCH', `/users/${id}`, sent)
    if (text === undefined) return
    oracle.acknowledge(id, (JSON.parse(text) as UserBody).ver, { ...written, by })
    observe(text, marks)
    tally.patches++
  }

  const done = (async () => {
    while (!stopping.signal.aborted) {
      const dice = random()
      if (dice < 0.45) await read()
      else if (dice < 0.5) await list()
      else if (dice < 0.55) await listOrders()
      else if (dice < 0.65) await create()
      else await patch()
      await sleep(BREATH_MS)
    }
  })()
  return { by, tally, stop: async () => { stopping.abort(); await done } }
}

export interface StrayWriter { readonly writes: number, readonly refused: string[], readonly failed: string[], stop (): Promise<void> }

/** A cron job of old: plain SQL over its own connection that knows only the old columns. */
export async function startStrayWriter (by: string, databaseUrl: string, oracle: Oracle, hotRows: number, seed: number): Promise<StrayWriter> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'cron-of-old' })
  await client.connect()
  const random = randomFrom(seed)
  const state = { writes: 0, refused: [] as string[], failed: [] as string[] }
  const stopping = new AbortController()
  let serial = 0
  const done = (async () => {
    while (!stopping.signal.aborted) {
      const name = nameOf(random, `${by}.${serial++}`)
      const id = 1 + Math.floor(random() * hotRows)
      try {
        const { rows } = await client.query<{ ver: number }>('update users set first_name = $1, last_name = $2, ver = ver + 1 where id = $3 returning ver', [name.first_name, name.last_name, id])
        oracle.acknowledge(id, rows[0]?.ver ?? -1, { full_name: mergeName(name), old: name, by })
        state.writes++
      } catch (error) {
        const code = error instanceof pg.DatabaseError ? error.code : undefined
        const UNDEFINED_COLUMN = '42703'
        if (code === UNDEFINED_COLUMN) state.refused.push(String(error))
        else state.failed.push(String(error))
        stopping.abort()
      }
      await sleep(BREATH_MS)
    }
  })()
  return Object.assign(state, { stop: async () => { stopping.abort(); await done; await client.end() } })
}
