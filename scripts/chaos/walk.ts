import { HAPPEN, type Happened } from './faults.js'
import type { Ground } from './ground.js'
import type { Entry } from './log.js'
import type { Command } from './operators.js'
import { NAME, POINTS } from './people.js'
import { PHASES, type Phase, type Phases, type Round } from './schedule.js'
import { leadBack, prepareScores } from './set-aside.js'
import { readTable } from './table.js'

/** What came of one round. */
export interface Outcome extends Happened {
  /** empty when all is as it should be */
  readonly problems: readonly string[]
}

/** One command that leads a transition from where it is. */
interface Move { readonly transition: typeof NAME | typeof POINTS, readonly command: string, readonly to: Phase }

/** A command for each transition, at the same time. */
export interface Walk {
  readonly moves: readonly Move[]
  /** the latest of each move */
  commands (): readonly Command[]
  /** Waits for the end of those that end by themselves, and gives the same command again where one was killed or refused. */
  resume (): Promise<void>
}

function startWalk (ground: Ground, from: Phases, to: Phases): Walk {
  const moves = ([NAME, POINTS] as const).map((transition): Move => ({
    transition, command: PHASES.indexOf(to[transition]) < PHASES.indexOf(from[transition]) ? 'rollback' : 'advance', to: to[transition]
  }))
  const give = ({ command, transition, to }: Move): Command => ground.operate(command, transition, to)
  const commands = moves.map(give)
  return {
    moves,
    commands: () => commands,
    async resume () {
      await Promise.all(moves.map(async (move, index) => {
        const command = commands[index]
        if (command?.isRunning() === true) return
        if ((await command?.ended)?.code !== 0) commands[index] = give(move)
      }))
    }
  }
}

/** Runs the commands while the fault happens, then the same commands once more where they have not come to their end. */
export async function runRound (ground: Ground, from: Phases, round: Round): Promise<Outcome> {
  const { at, problems: back } = await leadBack(ground, from, round)
  const prepared = [...back, ...await prepareScores(ground, at, round)]
  const walk = startWalk(ground, at, round.to)
  const happened = await HAPPEN[round.fault](ground, walk, round)
  await Promise.all(walk.commands().map(async ({ ended }) => await ended))
  await walk.resume()
  const ends = await Promise.all(walk.commands().map(async ({ ended }) => await ended))
  const stuck = ends.flatMap(({ code, output }, index) => code === 0 ? [] : [`after "${round.fault}" one command did not lead ${walk.moves[index]?.transition} to ${walk.moves[index]?.to}: ${output}`])
  return { ...happened, problems: [...prepared, ...happened.problems ?? [], ...stuck, ...await look(ground)] }
}

/** Runs a command that nothing disturbs. */
export async function command (ground: Ground, name: string, transition: string, to: string): Promise<string[]> {
  const { code, output } = await ground.operate(name, transition, to).ended
  return code === 0 ? [] : [`${name} ${transition} --to ${to} failed: ${output}`]
}

/** Runs it for both transitions, at the same time. */
export async function commandBoth (ground: Ground, name: string, to: string): Promise<string[]> {
  return (await Promise.all([NAME, POINTS].map(async (transition) => await command(ground, name, transition, to)))).flat()
}

/** Every row in sync, every acknowledged write there. */
export async function look (ground: Ground): Promise<string[]> {
  const client = await ground.connect('oracle')
  try {
    const before = await takeLogs(ground)
    const floor = ground.oracle.floor()
    const { rows, problems } = await readTable(client)
    const after = await takeLogs(ground)
    return [...problems, ...ground.oracle.judge(floor, rows), ...before, ...after, ...await findEnded(ground)]
  } finally {
    await client.end()
  }
}

/** @returns errors that no fault explains */
async function takeLogs (ground: Ground): Promise<string[]> {
  const entries = await ground.logs.readNew()
  for (const { kind } of entries) ground.logged.set(kind, (ground.logged.get(kind) ?? 0) + 1)
  ground.oracle.take(entries)
  return unexpected(entries, ground)
}

/** What a fault may give to a client: a lost connection, a server that starts, a deadlock, a transaction that was overtaken. */
const EXPECTED = /^(?:ECONNRESET|ECONNREFUSED|EPIPE|terminated|57P0[123]|08\d{3}|40P01|KnexTimeoutError|FST_ERR_VINTAGE_STATEMENT_OVERTAKEN)$/

/** What builds of before are told while their columns are hidden, and a late statement of an app that was halted. */
const UNDEFINED_COLUMN = '42703'

/** Who asks for a row that is set aside gets the error of its conversion; so does who writes such a value once it would be read. */
const NO_NUMBER = '22P02'

function unexpected (entries: readonly Entry[], { halted }: Ground): string[] {
  return entries.flatMap((entry) => {
    if (entry.kind !== 'error' || EXPECTED.test(entry.code) || /timeout/.test(entry.message)) return []
    if (entry.code === NO_NUMBER && entry.fragile) return []
    const mayBeLate = !entry.by.startsWith('app') || halted.has(entry.by)
    return entry.code === UNDEFINED_COLUMN && mayBeLate ? [] : [`${entry.by} was told ${entry.code}: ${entry.message}`]
  })
}

/** A process of the traffic that has ended by itself has met what it did not expect. */
async function findEnded ({ fleet }: Ground): Promise<string[]> {
  const ended = [...fleet.actors.values()].filter(({ child }) => !child.isRunning())
  return await Promise.all(ended.map(async ({ name, child }) => `${name} has ended: ${(await child.ended).output}`))
}
