import { setTimeout as sleep } from 'node:timers/promises'
import { endChild, signalChild } from './child.js'
import { provokeDeadlock } from './deadlock.js'
import { APP_LEASE_MS, type Actor } from './fleet.js'
import { OPERATOR_LEASE_MS, type Ground } from './ground.js'
import type { Command } from './operators.js'
import type { Fault, Round, Victim } from './schedule.js'
import { refuseSetAside } from './set-aside.js'
import { writeAsStray } from './stray.js'
import { findAhead } from './table.js'
import type { Walk } from './walk.js'

/** How often a fault has hit what it was to hit, and what was wrong right after. */
export interface Happened {
  readonly landed: number
  readonly killed?: Partial<Record<Victim, number>>
  readonly problems?: readonly string[]
}

/** Lets one fault happen once the operators are at work, and mends what a person would mend. */
type Happen = (ground: Ground, walk: Walk, round: Round) => Promise<Happened>

export const HAPPEN: Readonly<Record<Fault, Happen>> = {
  'kill worker': killWorkers,
  'kill operator': async (_, walk, round) => await killOperators(walk, round),
  async 'kill app' (ground, walk, { delayMs, pick }) {
    await workFor(walk, delayMs)
    const victims = appsOf(ground, pick).slice(0, 2)
    const killed = count(await Promise.all(victims.map(async (app) => await killApp(ground, app))))
    return { landed: killed, killed: { app: killed } }
  },
  async 'kill all' (ground, walk, round) {
    await workFor(walk, round.delayMs)
    const [app] = appsOf(ground, round.pick)
    const killed = await Promise.all([app === undefined ? false : killApp(ground, app), ...walk.commands().map(async (command) => await command.kill())])
    const [apps, operators] = [count(killed.slice(0, 1)), count(killed.slice(1))]
    return { landed: Math.min(apps, operators), killed: { app: apps, operator: operators } }
  },
  async 'halt operator' (_, walk, { delayMs }) {
    await workFor(walk, delayMs)
    return { landed: count(await Promise.all(walk.commands().map(async (command) => await haltOperator(command)))) }
  },
  async 'halt app' (ground, walk, { delayMs, pick }) {
    await workFor(walk, delayMs)
    const [app] = appsOf(ground, pick)
    if (app === undefined) return { landed: 0 }
    const [, { name, child }] = app
    ground.halted.add(name)
    if (!signalChild(child, 'SIGSTOP')) return { landed: 0 }
    await sleep(APP_LEASE_MS + 500)
    return { landed: count([signalChild(child, 'SIGCONT')]) }
  },
  async 'cut connections' ({ proxy }, walk, { delayMs, pick }) {
    await workFor(walk, delayMs)
    const refuseMs = Math.round(pick * 400)
    const cut = proxy.cut(refuseMs)
    await sleep(refuseMs)
    return { landed: cut > 0 ? 1 : 0 }
  },
  async 'delay connections' ({ proxy }, walk, { delayMs, pick }) {
    await workFor(walk, delayMs)
    const before = proxy.delayed
    proxy.delay(20 + Math.round(pick * 100))
    await sleep(1_000)
    proxy.delay(0)
    return { landed: proxy.delayed > before ? 1 : 0 }
  },
  async 'restart postgres' ({ postgres }, walk, { delayMs }) {
    await workFor(walk, delayMs)
    await postgres.crash()
    return { landed: 1 }
  },
  async deadlock (ground, walk, { delayMs }) {
    await workFor(walk, delayMs)
    return { landed: count([await provokeDeadlock(ground)]) }
  },
  'second operator': letSecondIn,
  async 'stray writer' (ground, walk, { delayMs, pick }) {
    await workFor(walk, delayMs)
    return { landed: count([await writeAsStray(ground, pick)]) }
  },
  'set aside': refuseSetAside
}

async function killWorkers (ground: Ground, walk: Walk, { times, delayMs }: Round): Promise<Happened> {
  let killed = 0
  const problems: string[] = []
  for (let time = 0; time < times; time++) {
    await Promise.all(walk.commands().map(async (command) => await command.until('filling')))
    await sleep((delayMs * (time + 1)) % 150)
    const now = count(await Promise.all(walk.commands().map(async (command) => await command.kill())))
    killed += now
    const client = await ground.connect('oracle')
    problems.push(...(await Promise.all(walk.moves.map(async ({ transition }) => await findAhead(client, transition)))).flat())
    await client.end()
    if (now === 0 || time === times - 1) break
    await walk.resume()
  }
  return { landed: killed, killed: { worker: killed }, problems }
}

async function killOperators (walk: Walk, { times, delayMs }: Round): Promise<Happened> {
  let killed = 0
  for (let time = 0; time < times; time++) {
    await Promise.all(walk.commands().map(async (command) => await command.until(time === 0 ? 'ready' : 'working')))
    await sleep((delayMs * (time + 1)) % 400)
    const now = count(await Promise.all(walk.commands().map(async (command) => await command.kill())))
    killed += now
    if (now === 0 || time === times - 1) break
    await walk.resume()
  }
  return { landed: killed, killed: { operator: killed } }
}

async function letSecondIn (ground: Ground, walk: Walk, { pick }: Round): Promise<Happened> {
  const [first] = walk.commands()
  const [move] = walk.moves
  if (first === undefined || move === undefined) return { landed: 0 }
  const second = ground.operate(pick < 0.5 ? 'advance' : 'rollback', move.transition, move.to)
  // so that the first is still at work when the second has come
  ground.proxy.delay(40)
  await Promise.all([first.until('ready'), second.until('ready')])
  ground.proxy.delay(0)
  const landed = first.isRunning() && second.isRunning()
  await second.ended
  return { landed: count([landed]) }
}

async function workFor (walk: Walk, ms: number): Promise<void> {
  await Promise.all(walk.commands().map(async (command) => await command.until('ready')))
  await sleep(ms)
}

type App = readonly [place: string, actor: Actor]

/** All apps, from one that is picked on. */
function appsOf ({ fleet }: Ground, pick: number): App[] {
  const apps = [...fleet.actors].filter(([place]) => place.startsWith('app')).sort(([a], [b]) => a < b ? -1 : 1)
  const first = Math.floor(pick * apps.length)
  return [...apps.slice(first), ...apps.slice(0, first)]
}

async function killApp ({ fleet }: Ground, [place, { child }]: App): Promise<boolean> {
  const landed = child.isRunning()
  await endChild(child, 'SIGKILL')
  await fleet.startApp(place)
  return landed
}

async function haltOperator (command: Command): Promise<boolean> {
  if (!command.signal('SIGSTOP')) return false
  try {
    await sleep(OPERATOR_LEASE_MS + 500)
  } finally {
    command.signal('SIGCONT')
  }
  return true
}

function count (landed: readonly boolean[]): number {
  return landed.filter(Boolean).length
}
