import t, { type Test } from 'tap'
import { PHASES, phaseDistance, type Phase } from '../../../src/data/phases.js'
import { copyDatabase, createDatabase } from '../../database.js'
import { actAll, requireRight } from './protocol/actors.js'
import { crash, firstPeople, openHead, openWorld, phaseOf, step, TABLE, unfill, untilAcknowledged, type World } from './protocol/world.js'

/** Every how many sub-steps of a step the operator dies in turn. */
const STRIDE = Number(process.env.VINTAGE_CRASH_STRIDE ?? 1)

t.setTimeout(900_000)

let clock = 0

/** One step, during which the operator dies before sub-step `passes`, taken up by another; returns where it died. */
async function takeStep (t: Test, world: World, from: Phase, to: Phase, passes: number): Promise<string | undefined> {
  if (world.live !== undefined && (from === 'dual-write' || from === 'backfill')) await unfill(world)
  await untilAcknowledged(world)
  const transaction = await world.live?.transaction()
  await transaction?.raw('select 1')
  const cut = await crash(world, from, to, passes)
  const at = `${from} → ${to}, cut after ${passes} sub-steps`
  const phase = await phaseOf(world)
  if (cut !== undefined) {
    if (phase !== from && phase !== to) t.fail(`${at}: at ${phase}`)
    await actAll(t, world, phase, clock++, at)
    if (phase !== to) await step(world, from, to)
  }
  if (await phaseOf(world) !== to) t.fail(`${at}: not taken up again`)
  if (passes === 0) await refuseNext(t, world, from, to)
  await actAll(t, world, to, clock++, `${at}, and taken up again`, transaction)
  return cut
}

/** Only adjacent phases coexist: while a transaction of the phase before is open, no step leads on, nor back. */
async function refuseNext (t: Test, { live, impatient }: World, from: Phase, to: Phase): Promise<void> {
  if (live === undefined) return
  const onward = PHASES[PHASES.indexOf(to) + phaseDistance(from, to)]
  for (const next of [onward, from]) {
    // nothing leads back from drop, and to expand not while there are instances
    if (next === undefined || next === 'expand' || to === 'drop') continue
    await t.rejects(step({ operator: impatient }, to, next), { code: 'FST_ERR_VINTAGE_REFUSED_FLEET' }, `${to} → ${next} while a transaction of ${from} is open`)
  }
}

/** There and back again, as often as there are sub-steps in either. */
async function walk (t: Test, world: World, one: Phase, other: Phase): Promise<void> {
  const cuts = { there: 0, back: 0 }
  for (let [passes, isThere, isBack] = [0, true, true]; isThere || isBack; passes += STRIDE) {
    isThere = await takeStep(t, world, one, other, isThere ? passes : Infinity) !== undefined
    isBack = await takeStep(t, world, other, one, isBack ? passes : Infinity) !== undefined
    cuts.there += Number(isThere)
    cuts.back += Number(isBack)
  }
  t.ok(cuts.there > 0 && cuts.back > 0, `${one} → ${other} was cut at ${cuts.there} points, the way back at ${cuts.back}`)
}

t.test('D12 D15 D27 whoever reads or writes between two phases, and wherever the operator dies, every reader sees what was written last', async (t) => {
  const { url, knex } = await createDatabase(t)
  await knex.raw(TABLE)
  const before = await openWorld(t, url, firstPeople())
  await before.operator.migrate()
  await walk(t, before, 'dual-write', 'expand')
  const world: World = { ...before, live: await openHead(t, url) }
  for (const [index, phase] of PHASES.slice(1, 4).entries()) {
    const next = PHASES[index + 2] ?? phase
    await walk(t, world, phase, next)
    await untilAcknowledged(world)
    await step(world, phase, next)
  }
  await requireRight(t, world, 'hide', 'at the end')
})

t.test('D12 D27 the same between hide and drop, from which nothing leads back', async (t) => {
  const { url, knex } = await createDatabase(t)
  await knex.raw(TABLE)
  const before = await openWorld(t, url, firstPeople())
  await before.operator.migrate()
  await before.operator.advance({ to: 'hide' })
  await actAll(t, before, 'hide', clock++, 'before the copies')
  await Promise.all([before.close(), knex.destroy()])
  let cuts = 0
  for (let [passes, isCut] = [0, true]; isCut; passes += STRIDE) {
    await t.test(`cut after ${passes} sub-steps`, async (t) => {
      const copy = await copyDatabase(t, url)
      const opened = await openWorld(t, copy, before.people.copy())
      await opened.operator.adopt()
      const world = { ...opened, live: await openHead(t, copy) }
      isCut = await takeStep(t, world, 'hide', 'drop', passes) !== undefined
      cuts += Number(isCut)
    })
  }
  t.ok(cuts > 0, `hide → drop was cut at ${cuts} points`)
})
