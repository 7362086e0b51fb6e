import { setTimeout as sleep } from 'node:timers/promises'
import { signalChild, type Child } from './child.js'
import { APP_LEASE_MS, OPERATOR_LEASE_MS, type Ground } from './ground.js'
import type { Fault, Round } from './schedule.js'
import { provokeDeadlock } from './deadlock.js'
import { writeAsStray } from './stray.js'

/** Lets one fault happen once the operator is at work, and mends what a person would mend. */
type Happen = (ground: Ground, operator: Child, round: Round) => Promise<boolean>

/** @returns each time whether the fault has landed: what it was to hit was there, and was hit */
export const HAPPEN: Readonly<Record<Fault, Happen>> = {
  async 'kill worker' (_, operator, { delayMs }) {
    await operator.awaitMessage('filling')
    await sleep(delayMs)
    return await kill(operator)
  },
  async 'kill operator' (_, operator, { delayMs }) {
    await workFor(operator, delayMs)
    return await kill(operator)
  },
  async 'kill app' (ground, operator, { delayMs, pick }) {
    await workFor(operator, delayMs)
    const [name, app] = pickApp(ground, pick)
    const landed = await kill(app)
    await ground.startApp(name)
    return landed
  },
  async 'halt operator' (_, operator, { delayMs }) {
    await workFor(operator, delayMs)
    return await halt(operator, OPERATOR_LEASE_MS + 500)
  },
  async 'halt app' (ground, operator, { delayMs, pick }) {
    await workFor(operator, delayMs)
    const [name, app] = pickApp(ground, pick)
    ground.halted.add(name)
    return await halt(app, APP_LEASE_MS + 500)
  },
  async 'cut connections' ({ proxy }, operator, { delayMs, pick }) {
    await workFor(operator, delayMs)
    return proxy.cut(Math.round(pick * 400)) > 0
  },
  async 'delay connections' ({ proxy }, operator, { delayMs, pick }) {
    await workFor(operator, delayMs)
    const before = proxy.delayed
    proxy.delay(20 + Math.round(pick * 100))
    await sleep(1_000)
    proxy.delay(0)
    return proxy.delayed > before
  },
  async 'restart postgres' ({ postgres }, operator, { delayMs }) {
    await workFor(operator, delayMs)
    await postgres.crash()
    return true
  },
  async deadlock (ground, operator, { delayMs }) {
    await workFor(operator, delayMs)
    return await provokeDeadlock(ground)
  },
  async 'second operator' (ground, operator, { to, pick }) {
    const second = ground.operate(pick < 0.5 ? 'advance' : 'rollback', to)
    // so that the first is still at work when the second has been loaded
    ground.proxy.delay(40)
    await Promise.all([operator.awaitMessage('ready'), second.awaitMessage('ready')])
    ground.proxy.delay(0)
    const landed = operator.isRunning() && second.isRunning()
    await second.ended
    return landed
  },
  async 'stray writer' (ground, operator, { delayMs, pick }) {
    await workFor(operator, delayMs)
    return await writeAsStray(ground, pick)
  }
}

async function workFor (operator: Child, ms: number): Promise<void> {
  await operator.awaitMessage('ready')
  await sleep(ms)
}

function pickApp ({ traffic }: Ground, pick: number): [name: string, app: Child] {
  const apps = [...traffic].filter(([name]) => name.startsWith('app')).sort(([a], [b]) => a < b ? -1 : 1)
  const found = apps[Math.floor(pick * apps.length)]
  if (found === undefined) throw new Error('no app runs')
  return found
}

async function kill (child: Child): Promise<boolean> {
  const landed = signalChild(child, 'SIGKILL')
  await child.ended
  return landed
}

async function halt (child: Child, forMs: number): Promise<boolean> {
  if (!signalChild(child, 'SIGSTOP')) return false
  try {
    await sleep(forMs)
  } finally {
    signalChild(child, 'SIGCONT')
  }
  return true
}
