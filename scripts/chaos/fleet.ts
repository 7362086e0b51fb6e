import type { Child } from './child.js'
import type { Logs } from './read-logs.js'
import { keepSpares, type Spares } from './spares.js'

/** Milliseconds after which an app that is silent counts as gone. */
export const APP_LEASE_MS = 2_000

const APPS = ['app-1', 'app-2', 'app-3']

/** A process that reads and writes now. */
export interface Actor {
  /** no two have the same in one run, also when one takes the place of another */
  readonly name: string
  readonly life: number
  readonly child: Child
}

/** The processes that read and write: three that speak head columns, and others that know the old ones. */
export interface Fleet {
  readonly actors: ReadonlyMap<string, Actor>
  startApp (place: string): Promise<void>
  startApps (): Promise<void>
  /** as a deploy does: they leave the fleet */
  stopApps (): Promise<void>
  stopAll (): Promise<void>
  /** Says whether builds of before write scores that are no numbers from now on, and waits until all have heard it. */
  setBad (isBad: boolean): Promise<void>
  close (): Promise<void>
}

export interface FleetOptions {
  readonly url: string
  readonly logs: Logs
  readonly seed: number
  /** between two statements of a process */
  readonly breathMs: number
  /** between two looks of an app at the phases */
  readonly pollMs: number
  /** places of the others, each with the file that it runs */
  readonly others: Readonly<Record<string, string>>
  /** apps in reserve */
  readonly spareApps: number
}

/** Starts the others; the apps wait for `startApps`. */
export async function createFleet (options: FleetOptions): Promise<Fleet> {
  const { others, spareApps } = options
  const actors = new Map<string, Actor>()
  const apps = keepSpares('app-process.ts', spareApps)
  const reserves: Spares[] = [apps]
  let lives = 0
  let orders = 0

  async function begin (place: string, child: Child): Promise<void> {
    const actor = enter(options, place, child, ++lives)
    actors.set(place, actor)
    await child.awaitMessage(`ready ${actor.life}`)
  }

  async function leave (places: readonly string[], mayReturn: boolean): Promise<void> {
    await Promise.all(places.map(async (place) => {
      const actor = actors.get(place)
      if (actor === undefined) return
      actor.child.tell('leave')
      await actor.child.awaitMessage(`left ${actor.life}`)
      if (mayReturn) apps.giveBack(actor.child)
      actors.delete(place)
    }))
  }

  const startApp = async (place: string): Promise<void> => await begin(place, apps.take())
  await Promise.all(Object.entries(others).map(async ([place, file]) => {
    const reserve = keepSpares(file, 0)
    reserves.push(reserve)
    await begin(place, reserve.take())
  }))
  return {
    actors,
    startApp,
    startApps: async () => { await Promise.all(APPS.map(startApp)) },
    stopApps: async () => await leave(APPS, true),
    stopAll: async () => await leave([...actors.keys()], false),
    setBad: async (isBad) => await tellOld(actors, `${isBad ? 'bad' : 'good'} ${++orders}`),
    close: async () => { await Promise.all(reserves.map(async (reserve) => await reserve.close())) }
  }
}

/** Tells a process who it is from now on. */
function enter ({ url, logs, seed, breathMs, pollMs }: FleetOptions, place: string, child: Child, life: number): Actor {
  const name = `${place}-${life}`
  const order = { url, name, file: logs.fileOf(name), seed: seed * 100 + life, life, leaseMs: APP_LEASE_MS, pollMs, breathMs }
  child.tell(`begin ${Object.entries(order).map(([key, value]) => `${key}=${value}`).join(' ')}`)
  return { name, life, child }
}

/** Until all builds of before have heard it. */
async function tellOld (actors: Fleet['actors'], order: string): Promise<void> {
  await Promise.all([...actors].filter(([place]) => place.startsWith('old')).map(async ([, { child }]) => {
    child.tell(order)
    await child.awaitMessage(order)
  }))
}
