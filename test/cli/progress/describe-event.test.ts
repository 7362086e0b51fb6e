import t from 'tap'
import { describeEvent } from '../../../src/cli/progress/describe-event.js'
import type { OperatorEvent } from '../../../src/data/events.js'

const now = new Date('2026-11-01T09:30:00Z')
const transition = 'users.full_name'
const blocker = { pid: 4711, ageMs: 4_000, query: 'select *\n  from users', application: 'psql', lock: 'AccessShareLock' }
const unseen = { pid: null, ageMs: null, query: null, application: null, lock: 'RowExclusiveLock' }

const told: [event: OperatorEvent, line: string][] = [
  [
    { type: 'shadow-reads', transition, compared: 1_204, different: 3, lastAt: new Date('2026-11-01T09:28:00.500Z'), statement: 'select full_name from users' },
    'users.full_name: 3 of 1,204 shadow reads have differed, the last 2026-11-01 09:28:00Z, and every row has been verified since: select full_name from users'
  ],
  [{ type: 'migration', migration: '20261020_users_email' }, 'migration 20261020_users_email has run'],
  [{ type: 'phase', transition, from: null, phase: 'expand', epoch: 1, fresh: false }, 'users.full_name: expand (epoch 1)'],
  [{ type: 'phase', transition, from: 'expand', phase: 'dual-write', epoch: 2, fresh: false }, 'users.full_name: expand → dual-write (epoch 2)'],
  [{ type: 'phase', transition, from: null, phase: 'drop', epoch: 1, fresh: true }, 'users.full_name: drop, all phases at once since the table is empty'],
  [
    { type: 'waiting', transition, for: 'acknowledgements', until: new Date('2026-11-01T09:30:28Z'), instances: ['api-1', 'api-2'], blockers: [] },
    'users.full_name: waiting for up to 28 s until api-1, api-2 has acknowledged the current phase'
  ],
  [
    { type: 'waiting', transition, for: 'transactions', until: new Date('2026-11-01T09:30:28Z'), instances: [], blockers: [blocker, unseen] },
    'users.full_name: waiting for up to 28 s for transactions that hold a lock on the table\n' +
    '  blocked by pid 4711 (psql), AccessShareLock, open for 4 s: select * from users\n' +
    '  blocked by a prepared transaction, RowExclusiveLock'
  ],
  [
    { type: 'waiting', transition: null, for: 'migrate', until: new Date('2026-11-01T09:30:08Z'), instances: ['ada'], blockers: [] },
    'migrate: waiting for up to 8 s until another `vintage migrate` has ended: ada'
  ],
  [
    { type: 'waiting', transition, for: 'operator', until: new Date('2026-11-01T09:30:08Z'), instances: ['ada'], blockers: [] },
    'users.full_name: waiting for up to 8 s whether ada, who began a step, is still at it'
  ],
  [
    { type: 'lock-retry', transition, step: 'hide', attempt: 2, attempts: 20, delayMs: 1_500, reason: 'lock timeout', blockers: [{ ...blocker, application: '', query: '' }] },
    'users.full_name: hide gave way (lock timeout); attempt 2 of 20 again in 2 s\n  blocked by pid 4711, AccessShareLock, open for 4 s'
  ],
  [
    { type: 'blocker-ended', transition, how: 'terminated', table: '"public"."users"', blocker: { ...blocker, pid: 4711 } },
    'users.full_name: terminated who stood in the way at "public"."users": pid 4711 (psql), AccessShareLock, open for 4 s: select * from users'
  ],
  [{ type: 'triggers', transition, triggers: ['`a` (before each row, public.a)', '`b` (after each row, public.b)'] }, 'users.full_name: fire for each row that is filled: `a` (before each row, public.a), `b` (after each row, public.b)'],
  [
    { type: 'former-work', transition, ending: true, blocker },
    'users.full_name: ending what an operator of before has left running\n  blocked by pid 4711 (psql), AccessShareLock, open for 4 s: select * from users'
  ],
  [
    { type: 'former-work', transition, ending: false, blocker: { ...blocker, application: '', query: '' } },
    'users.full_name: waiting for the end of what an operator of before has left running\n  blocked by pid 4711, AccessShareLock, open for 4 s'
  ],
  [
    { type: 'set-aside', transition, rows: 1_200 },
    'users.full_name: 1,200 rows are set aside, since they could not be converted; `vintage set-aside list users.full_name` names them'
  ],
  [
    { type: 'backfill', transition, doneRows: 4_000, totalRows: 10_000, rowsPerSecond: 2_000, etaMs: 3_000, batchRows: 1_000, finished: false },
    'users.full_name: backfill 4,000 of 10,000 rows (40%), 2,000 rows/s, 3 s left'
  ],
  [
    { type: 'backfill', transition, doneRows: 10_100, totalRows: 10_000, rowsPerSecond: 2_000, etaMs: null, batchRows: 1_000, finished: false },
    'users.full_name: backfill 10,100 of 10,000 rows (100%), 2,000 rows/s'
  ],
  [
    { type: 'backfill', transition, doneRows: 0, totalRows: 0, rowsPerSecond: 0, etaMs: 0, batchRows: 1_000, finished: true },
    'users.full_name: backfill done: 0 rows, 0 rows/s'
  ],
  [
    { type: 'backfill-retry', transition, attempt: 1, attempts: 10, batchRows: 500, delayMs: 200, reason: 'deadlock detected' },
    'users.full_name: a batch of 500 rows failed (deadlock detected); attempt 1 of 10 again in 200 ms, smaller'
  ],
  [{ type: 'backfill-held', transition, reason: 'paused by ada' }, 'users.full_name: backfill waits: paused by ada'],
  [{ type: 'backfill-held', transition, reason: null }, 'users.full_name: backfill goes on'],
  [
    { type: 'verify', transition, doneRows: 0, totalRows: 0, rowsPerSecond: 0, etaMs: null, pendingRows: 0, mismatchedRows: 0, finished: false },
    'users.full_name: verification 0 of 0 rows (100%), 0 rows/s'
  ],
  [
    { type: 'verify', transition, doneRows: 9, totalRows: 9, rowsPerSecond: 90, etaMs: 0, pendingRows: 3, mismatchedRows: 1, finished: true },
    'users.full_name: verification done: 9 rows, 90 rows/s, 3 still to be filled, 1 OUT OF SYNC'
  ],
  [{ type: 'index', transition, index: 'users_full_name_index', state: 'building' }, 'users.full_name: index users_full_name_index: building'],
  [{ type: 'constraint', transition, constraint: 'not null on full_name', state: 'in place' }, 'users.full_name: not null on full_name: in place'],
  [{ type: 'dependents', transition, objects: ['view a', 'index b'], dropped: false }, 'users.full_name: still hangs on the old columns: view a, index b'],
  [{ type: 'dependents', transition, objects: ['index b'], dropped: true }, 'users.full_name: goes with the old columns: index b'],
  [{ type: 'kept-marker', marker: 'vintage_a_pending', table: '"public"."users"', objects: ['view a', 'index b'] }, '"public"."users": the left-over marker `vintage_a_pending` stays, since others have made what hangs on it: view a, index b']
]

for (const [event, line] of told) {
  t.test(`an event is told in words: ${line.split('\n', 1)[0]}`, async (t) => {
    t.equal(describeEvent(event, now), line)
  })
}
