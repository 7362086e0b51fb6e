import type { Mutant } from './mutant.js'

/** What may go wrong as a transition takes its steps: operators, locks, indexes and constraints, contract. */
export const STEPS_MUTANTS: readonly Mutant[] = [
  {
    name: 'no row is looked at for a loss',
    file: 'src/data/steps/begin.ts',
    find: 'await checkRows(context, transition, sides, qualifiedTable(found))',
    replace: '',
    test: 'test/data/check-rows.test.ts',
    red: 'D10 a loss that only a row of the table shows is refused before any DDL, and is not once it is declared'
  },
  {
    name: 'a bijection is tested one way',
    file: 'src/data/round-trip/find-loss.ts',
    find: "bijective: ['old', 'new'],",
    replace: "bijective: ['old'],",
    test: 'test/data/check-rows.test.ts',
    red: 'D10 a loss of the new side, which has no rows yet, is refused before any DDL, and is not once it is declared'
  },
  {
    name: 'the fencing token is not compared',
    file: 'src/data/state/lease.ts',
    find: 'if (state?.operatorToken === lease.token) return state',
    replace: 'if (state !== undefined) return state',
    test: 'test/data/races.test.ts',
    red: 'D14 a lease that was taken over, or released, fences its old holder off'
  },
  {
    name: 'the lease of another operator is not looked at',
    file: 'src/data/state/lease.ts',
    find: 'where name = $1 and (operator is null or operator_until < clock_timestamp())',
    replace: 'where name = $1',
    test: 'test/data/gate.test.ts',
    red: 'D14 an operator that has ended meanwhile has moved the transition, so the second one does nothing'
  },
  {
    name: 'an operator does not keep its lease alive',
    file: 'src/data/state/lease.ts',
    find: '}, context.leaseMs / 4)',
    replace: '}, context.leaseMs * 4)',
    test: 'test/data/gate.test.ts',
    red: 'an operator at work keeps its lease alive'
  },
  {
    name: 'a step whose commit was not heard of is taken twice',
    file: 'src/data/steps/commit-step.ts',
    find: 'if (current.phase === to && current.epoch === state.epoch + 1) return',
    replace: '',
    test: 'test/data/races.test.ts',
    red: 'D27 a step whose commit was not heard of is not taken twice'
  },
  {
    name: 'a step does not count the epoch on',
    file: 'src/data/steps/commit-step.ts',
    find: 'epoch = epoch + 1, changed_at',
    replace: 'epoch = epoch, changed_at',
    test: 'test/data/races.test.ts',
    red: 'D27 a step whose commit was not heard of is not taken twice'
  },
  {
    name: 'a step does not wait for acknowledgements',
    file: 'src/data/gate/await-acknowledgements.ts',
    find: 'acknowledged.epoch < epoch)',
    replace: 'acknowledged.epoch < 0)',
    test: 'test/data/gate.test.ts',
    red: 'D12 a step is refused while an instance has not acknowledged the present epoch, and names it'
  },
  {
    name: 'an older transaction is not waited for',
    file: 'src/data/gate/await-fleet.ts',
    find: '  await awaitTransactions(context, state)\n',
    replace: '',
    test: 'test/data/gate.test.ts',
    red: 'D12 a step is refused while a transaction from before the present phase holds a lock on the table, and names it'
  },
  {
    name: 'an old build that registers at the last moment is overlooked',
    file: 'src/data/steps/enter-hide.ts',
    find: "    checkFleet: async (session) => await refuseUnknowing(session, state, 'hide'),\n",
    replace: '',
    test: 'test/data/fleet-races.test.ts',
    red: 'D16 an old build that registers while hide, or drop, is being taken keeps it from being taken'
  },
  {
    name: 'stray writers are ignored',
    file: 'src/data/gate/refuse-stray-writers.ts',
    find: 'if (writers.length === 0) return',
    replace: 'if (writers.length >= 0) return',
    test: 'test/data/stray-writers.test.ts',
    red: 'D30 hide is refused while a stray writer is about, and names his application, role and last time; status shows him'
  },
  {
    name: 'hide and drop do not soak',
    file: 'src/data/gate/refuse-unsoaked.ts',
    find: 'if (soakMs === 0) return',
    replace: 'if (soakMs >= 0) return',
    test: 'test/data/stray-writers.test.ts',
    red: 'hide and drop wait for the soak of the phase before, and say until when'
  },
  {
    name: 'the functions are not replaced at hide',
    file: 'src/data/steps/enter-hide.ts',
    find: "unlocked: createFunctions('create or replace', state, sides)",
    replace: 'unlocked: []',
    test: 'test/data/steps.test.ts',
    red: 'D31 un-hiding gives an old reader the right values of what was written while hidden'
  },
  {
    name: 'the functions are not put back at un-hide',
    file: 'src/data/steps/back-to-read-new.ts',
    find: "unlocked: createFunctions('create or replace', current, sides)",
    replace: 'unlocked: []',
    test: 'test/data/steps.test.ts',
    red: 'D15 back and forth from every phase with writes on either side in between: nothing lost, nothing stale'
  },
  {
    name: 'what hangs on an old column does not refuse the drop',
    file: 'src/data/steps/enter-drop.ts',
    find: 'if (inTheWay.length > 0) throw',
    replace: 'if (inTheWay.length > 99) throw',
    test: 'test/data/steps.test.ts',
    red: 'D31 what hangs on an old column is listed at hide, refuses the drop, and is never dropped in silence'
  },
  {
    name: 'a trigger that somebody has enabled anew as an ordinary one passes',
    file: 'src/data/gate/refuse-damaged.ts',
    find: " and t.tgenabled = 'A'",
    replace: '',
    test: 'test/data/governor-walk.test.ts',
    red: 'D27 a trigger or column that somebody else has taken away halts every step, and is named'
  },
  {
    name: 'NOT NULL is set with a scan under the exclusive lock',
    file: 'src/data/constrain/require-columns.ts',
    find: ' not valid`, validate, require: []',
    replace: '`, validate, require: []',
    test: 'test/data/governor-walk.test.ts',
    red: 'D24 D26 over all phases and back, no row is read under a lock that holds up others'
  },
  {
    name: 'a short timeout on CREATE INDEX CONCURRENTLY',
    file: 'src/data/governor/run-long.ts',
    find: "where name in ('statement_timeout', 'lock_timeout', ",
    replace: "where name in ('statement_timeout', ",
    test: 'test/data/constrain.test.ts',
    red: 'D25 the build of an index waits for a reader of another table, however short the timeouts of the database are'
  },
  {
    name: 'an operator that has lost its lease begins the build of an index',
    file: 'src/data/constrain/run-in-turn.ts',
    find: "await fence(session, lease, 'share')",
    replace: '',
    test: 'test/data/races.test.ts',
    red: 'D14 a long statement, which no transaction fences, is not begun by an operator that has lost its lease'
  },
  {
    name: 'an invalid index is dropped without another look',
    file: 'src/data/online/build-index.ts',
    find: '(await readIndex(session, operation.table, name))?.valid === false',
    replace: '(await readIndex(session, operation.table, name))?.valid !== undefined',
    test: 'test/data/online/killed.test.ts',
    red: 'D25 an invalid index that another call has built again meanwhile is not dropped'
  },
  {
    name: 'the deadline holds for each statement instead of all of them',
    file: 'src/data/governor/deadline.ts',
    find: 'deadlineMs * (1 - RESERVE) - (performance.now() - start)',
    replace: 'deadlineMs * (1 - RESERVE)',
    test: 'test/data/governor.test.ts',
    red: 'the clock of a transaction runs over all its statements'
  },
  {
    name: 'an invalid index that a killed build has left counts as built',
    file: 'src/data/constrain/build-indexes.ts',
    find: "if (found.valid) return tell('present')",
    replace: "return tell('present')",
    test: 'test/data/constrain.test.ts',
    red: 'D25 an index that a cancelled build of ours has left invalid is dropped and built again'
  },
  {
    name: 'a unique index stays to refuse writes when its step has failed',
    file: 'src/data/constrain/take-back.ts',
    find: '    indexes.push(...await findUniqueIndexes(session, state))',
    replace: '',
    test: 'test/data/unique-indexes.test.ts',
    red: 'D26 unique indexes that are in place go when another one cannot be built, or the step fails later, and the next run builds them'
  },
  {
    name: 'sweep knows a constraint by its name alone',
    file: 'src/data/sweep/find-left-online.ts',
    find: 'oid = $1::oid and conrelid',
    replace: '$1::oid is not null and conrelid',
    test: 'test/data/online/left-over.test.ts',
    red: 'D27 what others have made under the name of something unfinished is not swept'
  },
  {
    name: 'an index that the server is still building is dropped',
    file: 'src/data/constrain/build-indexes.ts',
    find: 'found?.building === true; told = true',
    replace: 'found?.building === undefined; told = true',
    test: 'test/data/constrain.test.ts',
    red: 'D25 an index that the server is still building for a client that is gone is waited for, not dropped'
  },
  {
    name: 'a pause is ignored by the backfill',
    file: 'src/data/backfill/hold-back.ts',
    find: 'return pausedBy === null ? await',
    replace: 'return pausedBy !== undefined ? await',
    test: 'test/data/backfill-limits.test.ts',
    red: 'a running backfill that is paused stops after the batch in hand'
  },
  {
    name: 'each worker keeps below the limit for itself',
    file: 'src/data/state/rate.ts',
    find: 'greatest(paced_until, clock_timestamp())',
    replace: 'clock_timestamp()',
    test: 'test/data/backfill-workers.test.ts',
    red: 'D20 D22 several workers of one process share the ranges and keep below one limit together'
  },
  {
    name: 'an operator that has lost its lease queues up for a lock',
    file: 'src/data/governor/run-ddl.ts',
    find: 'if (lease !== null) await lookAtFence(session, lease)',
    replace: '',
    test: 'test/data/races.test.ts',
    red: 'D14 an operator that has lost its lease takes nothing back, queues up for no lock and ends nobody who has one'
  },
  {
    name: 'whoever stands in the way is ended without leave',
    file: 'src/data/governor/blocker-policy.ts',
    find: "return policy === 'wait' ? null : { policy, keep }",
    replace: "return { policy: policy === 'wait' ? 'terminate' : policy, keep }",
    test: 'test/data/blockers.test.ts',
    red: 'D24 nobody is ended by default, be it a statement or a session that is idle'
  },
  {
    name: 'a session is ended for a transaction that it was in before',
    file: 'src/data/governor/end-blocker.ts',
    find: 'l.pid = a.pid and l.virtualtransaction = $2 and',
    replace: 'l.pid = a.pid and $2::text is not null and',
    test: 'test/data/blockers.test.ts',
    red: 'a session that has begun another transaction meanwhile is not the one that was seen'
  },
  {
    name: 'the build of an index by another run of ours is ended',
    file: 'src/data/governor/run-long.ts',
    find: 'await beginWork(session)',
    replace: '',
    test: 'test/data/blockers.test.ts',
    red: 'sessions of ours are never ended: those of operators, and long statements on whatever connection'
  },
  {
    name: 'an index is ours by its name',
    file: 'src/data/constrain/index-owner.ts',
    find: "e.details ->> 'oid' = ",
    replace: "e.details ->> 'oid' <> '0' || ",
    test: 'test/data/index-owner.test.ts',
    red: 'D27 an index that somebody has built by hand in the place of one of ours is not taken back with it'
  },
  {
    name: 'the way back to expand forgets who was released',
    file: 'src/data/set-aside/ledger.ts',
    find: 'and transition = $1 and released_at is null limit 10000',
    replace: 'and transition = $1 limit 10000',
    test: 'test/data/set-aside-way-back.test.ts',
    red: 'D15 a way back to expand that is refused has forgotten the notes: who was released stays known'
  }
]
