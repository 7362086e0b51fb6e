import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Phase } from '../../src/data/phases.js'
import { startCase, type CaseProcess } from '../harness/case-process.js'
import { withClient } from './ground.js'
import type { Group } from './group.js'
import { withOperator } from './move.js'

const PROCESSES = 5
const LOOK_EVERY_MS = 5

// there and back, so that each change is seen more than once
const STEPS: ReadonlyArray<readonly ['advance' | 'rollback', Phase]> = [
  ['advance', 'backfill'], ['advance', 'read-new'], ['advance', 'hide'], ['rollback', 'read-new'], ['rollback', 'backfill'],
  ['rollback', 'dual-write'], ['advance', 'backfill'], ['advance', 'read-new'], ['advance', 'hide'], ['advance', 'drop']
]

/** How long after a step five processes that only poll have all acknowledged it, while each of them reads and writes. */
export const fleet: Group = {
  name: 'fleet',
  run: async (ground, { rows }) => await ground.withCopies(['moved'], rows, 'bigint', async ([url = '']) => {
    const names = Array.from({ length: PROCESSES }, (_, index) => `fleet-${index}`)
    const processes: CaseProcess[] = []
    try {
      for (const name of names) processes.push(await startCase(new URL('./fleet-case.ts', import.meta.url), [url, name, String(rows)]))
      const seconds = await withClient(url, async (client) => await walk(client, url))
      const sum = async (question: string) => (await Promise.all(processes.map(async (one) => await one.askNumber(question)))).reduce((all, one) => all + one)
      const slowest = Math.max(...await Promise.all(processes.map(async (one) => await one.askNumber('slowest'))))
      const failures = await Promise.all(processes.map(async (one) => String(await one.ask('failure'))))
      const note = `${await sum('requests')} statements, the slowest took ${Math.round(slowest)} ms`
      return {
        measurements: [
          { name: `a change of phase until all of ${PROCESSES} processes have acknowledged it, polling`, unit: 's', goal: { atMost: 1 }, judged: 'largest', samples: seconds, notes: [`${seconds.length} changes, there and back`] },
          { name: 'statements of these processes that failed', unit: '', goal: { atMost: 0 }, judged: 'largest', samples: [await sum('failures')], notes: [note, ...failures.filter((text) => text !== '')] }
        ]
      }
    } finally {
      for (const process of processes) await process.close()
    }
  })
}

async function walk (client: pg.Client, url: string): Promise<number[]> {
  const seconds: number[] = []
  await withOperator(url, async (operator) => {
    for (const [direction, to] of STEPS) {
      const { rows: [before] } = await client.query('select epoch from vintage.transitions')
      const acknowledged = untilAcknowledged(client, Number(before?.epoch) + 1)
      await (direction === 'advance' ? operator.advance({ to }) : operator.rollback({ to }))
      seconds.push(await acknowledged)
    }
  })
  return seconds
}

/** @returns seconds from when the step was committed, as far as can be seen from outside, until the last has acknowledged */
async function untilAcknowledged (client: pg.Client, epoch: number): Promise<number> {
  let changedAt: number | null = null
  while (true) {
    const { rows: [row] } = await client.query(`
      select t.epoch::int, (select count(*) from vintage.acknowledgements a where a.epoch = t.epoch)::int as acknowledged from vintage.transitions t`)
    if (row?.epoch === epoch) {
      changedAt ??= performance.now()
      if (row.acknowledged === PROCESSES) return (performance.now() - changedAt) / 1000
    }
    await sleep(LOOK_EVERY_MS)
  }
}
