import type { Happened } from './faults.js'
import type { Ground } from './ground.js'
import { POINTS } from './people.js'
import { SENTINELS } from './rows.js'
import type { Phase, Phases, Round } from './schedule.js'
import { mendScores, writeScores } from './stray.js'
import { countSetAside } from './table.js'
import { command, type Walk } from './walk.js'

/** Whether rows may be set aside in a phase. */
function maySetAside (phase: Phase): boolean {
  return phase === 'dual-write' || phase === 'backfill'
}

/** Leads back to a phase in which rows may be set aside. @returns where the transitions are then */
export async function leadBack (ground: Ground, from: Phases, { fault }: Round): Promise<{ at: Phases, problems: string[] }> {
  if (fault !== 'set aside' || maySetAside(from[POINTS])) return { at: from, problems: [] }
  return { at: { ...from, [POINTS]: 'backfill' }, problems: await command(ground, 'rollback', POINTS, 'backfill') }
}

/** Before a round: rows are set aside, by the run and by builds of before, or mended, as its phases allow. */
export async function prepareScores (ground: Ground, from: Phases, { fault, to }: Round): Promise<string[]> {
  if (fault === 'set aside') return await writeBad(ground)
  if (!maySetAside(from[POINTS])) {
    await ground.fleet.setBad(false)
    return []
  }
  if (maySetAside(to[POINTS])) return await writeBad(ground)
  return await mend(ground)
}

async function writeBad (ground: Ground): Promise<string[]> {
  await ground.fleet.setBad(true)
  return await writeScores(ground, true) ? [] : ['bad scores were refused']
}

/** Nobody writes bad scores from now on, and none is left. */
export async function mend (ground: Ground): Promise<string[]> {
  await ground.fleet.setBad(false)
  return await mendScores(ground) ? [] : ['somebody could not mend the scores']
}

/** `read-new` is refused while rows are set aside, also to who takes up the work of one that was killed; once they are mended it is not. */
export async function refuseSetAside (ground: Ground, walk: Walk, { pick }: Round): Promise<Happened> {
  const index = walk.moves.findIndex(({ transition }) => transition === POINTS)
  const first = walk.commands()[index]
  const problems: string[] = []
  if (pick < 0.5) await first?.until('working')
  const killed = pick < 0.5 && await first?.kill() === true ? 1 : 0
  if (killed > 0) await walk.resume()
  let end = await walk.commands()[index]?.ended
  if (end?.code !== 0 && end?.output.includes('REFUSED_SET_ASIDE') !== true) {
    await walk.resume()
    end = await walk.commands()[index]?.ended
  }
  if (end?.output.includes('REFUSED_SET_ASIDE') !== true) problems.push(`read-new was not refused while rows were set aside: ${end?.output ?? ''}`)
  const client = await ground.connect('oracle')
  const rows = await countSetAside(client).finally(async () => await client.end())
  if (rows !== SENTINELS.length) problems.push(`${rows} rows of ${SENTINELS.length} are noted as set aside`)
  problems.push(...await mend(ground))
  if (pick > 0.3) problems.push(...await command(ground, 'retry', POINTS, ''))
  return { landed: problems.length === 0 ? 1 : 0, killed: { operator: killed }, problems }
}
