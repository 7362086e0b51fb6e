import { HAPPEN } from './faults.js'
import type { Ground } from './ground.js'
import type { Entry } from './log.js'
import { judge } from './oracle.js'
import { PHASES, type Phase, type Round } from './schedule.js'
import { readTable } from './table.js'

/** What came of one round. */
export interface Outcome {
  readonly landed: boolean
  /** empty when all is as it should be */
  readonly problems: string[]
}

/** Runs one command while its fault happens, then the same command once more where it has not come to its end. */
export async function runRound (ground: Ground, from: Phase, round: Round): Promise<Outcome> {
  const direction = PHASES.indexOf(round.to) < PHASES.indexOf(from) ? 'rollback' : 'advance'
  const operator = ground.operate(direction, round.to)
  const landed = await HAPPEN[round.fault](ground, operator, round)
  const first = await operator.ended
  const problems = first.code === 0 ? [] : await resume(ground, direction, round)
  return { landed, problems: [...problems, ...await look(ground)] }
}

/** A command that was killed or refused is given once more, when the fault is over. */
async function resume (ground: Ground, direction: string, { fault, to }: Round): Promise<string[]> {
  const { code, output } = await ground.operate(direction, to).ended
  return code === 0 ? [] : [`after "${fault}" one command did not lead to ${to}: ${output}`]
}

/** Runs a command that nothing disturbs. */
export async function command (ground: Ground, name: string, to: string): Promise<string[]> {
  const { code, output } = await ground.operate(name, to).ended
  return code === 0 ? [] : [`${name} --to ${to} failed: ${output}`]
}

/** Every row in sync, every acknowledged write there. */
export async function look (ground: Ground): Promise<string[]> {
  const client = await ground.connect('oracle')
  try {
    const before = await ground.readLogs()
    const { rows, problems } = await readTable(client)
    const after = await ground.readLogs()
    return [...problems, ...judge(before, rows, after), ...unexpected(after, ground), ...await findEnded(ground)]
  } finally {
    await client.end()
  }
}

/** What a fault may give to a client: a lost connection, a server that starts, a deadlock, a transaction that was overtaken. */
const EXPECTED = /^(?:ECONNRESET|ECONNREFUSED|EPIPE|terminated|57P0[123]|08\d{3}|40P01|KnexTimeoutError|FST_ERR_VINTAGE_STATEMENT_OVERTAKEN)$/

/** What builds of before are told while their columns are hidden, and a late statement of an app that was halted. */
const UNDEFINED_COLUMN = '42703'

function unexpected (entries: readonly Entry[], { halted }: Ground): string[] {
  return entries.flatMap((entry) => {
    if (entry.kind !== 'error' || EXPECTED.test(entry.code) || /timeout/.test(entry.message)) return []
    const mayBeLate = !entry.by.startsWith('app') || halted.has(entry.by)
    return entry.code === UNDEFINED_COLUMN && mayBeLate ? [] : [`${entry.by} was told ${entry.code}: ${entry.message}`]
  })
}

/** A process of the traffic that has ended by itself has met what it did not expect. */
async function findEnded ({ traffic }: Ground): Promise<string[]> {
  const ended = [...traffic].filter(([, child]) => !child.isRunning())
  return await Promise.all(ended.map(async ([name, child]) => `${name} has ended: ${(await child.ended).output}`))
}
