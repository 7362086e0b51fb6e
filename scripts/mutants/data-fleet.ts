import type { Mutant } from './mutant.js'

/** What may go wrong in the fleet, and in the statements that it sends. */
export const FLEET_MUTANTS: readonly Mutant[] = [
  {
    name: 'a phase is acknowledged without the drain of the earlier one',
    file: 'src/data/fleet/instance.ts',
    find: 'if (this.#ending.size > 0 || ',
    replace: 'if (',
    test: 'test/data/fleet/instance.test.ts',
    red: 'each instance acknowledges a phase on its own, when its own work of the earlier one has ended'
  },
  {
    name: 'a transaction gives its phase back before its end has been answered',
    file: 'src/data/knex/held-eras.ts',
    find: 'if (held?.isEnding === false) held.leave()',
    replace: 'held?.leave()',
    test: 'test/data/knex/held-eras.test.ts',
    red: 'a ROLLBACK that is still queued when knex gives its connection back holds the era until it is answered'
  },
  {
    name: 'a transaction that was overtaken goes on',
    file: 'src/data/knex/held-eras.ts',
    find: 'if (held.era.isOvertaken) throw new OvertakenError()',
    replace: '',
    test: 'test/data/knex/held-eras.test.ts',
    red: 'D13 a transaction whose era was overtaken is refused, whoever has found out'
  },
  {
    name: 'a replica takes the phase of the primary',
    file: 'src/data/fleet/registry.ts',
    find: '(await served.query(READ_PHASES))',
    replace: '(await primary.query(READ_PHASES))',
    test: 'test/data/fleet/replica.test.ts',
    red: 'a replica that streams'
  },
  {
    name: 'a process on a replica does not wait for what was replayed before it joined',
    file: 'src/data/fleet/instance.ts',
    find: "if (outcome === 'joined' || !this.#lease.holds) await",
    replace: 'if (this.#stopped) await',
    test: 'test/data/fleet/replica.test.ts',
    red: 'a replica that streams'
  },
  {
    name: 'a lease goes by the clock that has gone less far',
    file: 'src/data/fleet/lease.ts',
    find: 'return Math.max(steady',
    replace: 'return Math.min(steady',
    test: 'test/data/fleet/lease.test.ts',
    red: 'a lease runs out by whichever clock has gone further, counted from before the renewal was sent'
  },
  {
    name: 'a shadow read that meets a row which is still to be filled is a difference',
    file: 'src/data/shadow/compare-forms.ts',
    find: "=== undefined ? 'unsure' : 'different'",
    replace: "=== undefined ? 'different' : 'different'",
    test: 'test/data/shadow/shadow-reads.test.ts',
    red: 'a row that is still to be filled is no difference, and hides none'
  },
  {
    name: 'a shadow read does not ask the old side',
    file: 'src/data/shadow/compare-forms.ts',
    find: '|| !asksOld) return',
    replace: '|| asksOld) return',
    test: 'test/data/shadow/shadow-reads.test.ts',
    red: 'a row that somebody has brought out of sync is a difference where it shows, and its values are told nobody'
  },
  {
    name: 'a statement in a transaction is compared',
    file: 'src/data/knex/client.ts',
    find: 'era !== undefined && this.transacting !== true &&',
    replace: 'era !== undefined &&',
    test: 'test/data/shadow/in-fleet.test.ts',
    red: 'what is neither a SELECT of its own nor answered is not compared'
  },
  {
    name: 'a shadow read that differs after the rows were verified does not keep read-new from being entered',
    file: 'src/data/steps/enter-read-new.ts',
    find: '  await refuseDifferences(session, state, verifiedFrom)\n',
    replace: '',
    test: 'test/data/shadow/in-fleet.test.ts',
    red: 'read-new is refused for a difference since the verification, and tells of one before it'
  },
  {
    name: 'a build that the database is not ready for starts',
    file: 'src/data/fleet/instance.ts',
    find: '      refuseUnready(this.#options.transitions, this.#latest?.rows)\n',
    replace: '',
    test: 'test/data/fleet/readiness.test.ts',
    red: 'D16 a build that needs what the database does not have yet refuses, and says what to run'
  },
  {
    name: 'the marker is ignored by readers',
    file: 'src/data/knex/read-expression.ts',
    find: '(case when ',
    replace: '(case when false and ',
    test: 'test/data/knex/reads.test.ts',
    red: 'each read gives what a table gives that always had the new column'
  },
  {
    name: 'a table is replaced by its name, without scopes',
    file: 'src/data/knex/relations.ts',
    find: 'const cte = range.schemaname === undefined ? findCte(present(range.relname), scope) : undefined',
    replace: 'const cte = findCte(present(range.relname), undefined)',
    test: 'test/data/knex/rewrite.test.ts',
    red: 'while rows are still to be filled, references become expressions and everything else stays as written'
  },
  {
    name: 'an alias does not name the columns of its table',
    file: 'src/data/knex/relations.ts',
    find: 'path: aliasname !== undefined ? [aliasname] : ',
    replace: 'path: ',
    test: 'test/data/knex/rewrite.test.ts',
    red: 'while rows are still to be filled, references become expressions and everything else stays as written'
  },
  {
    name: '`*` shows both sides and the marker',
    file: 'src/data/knex/star.ts',
    find: '  if (touched) writeOut(',
    replace: '  if (touched && items === undefined) writeOut(',
    test: 'test/data/knex/rewrite.test.ts',
    red: 'once all rows are filled, only what would show the old side is written out'
  },
  {
    name: 'an old column may be named',
    file: 'src/data/knex/references.ts',
    find: '  throw new OldColumnError(',
    replace: '  void new OldColumnError(',
    test: 'test/data/knex/rewrite.test.ts',
    red: 'the old side stays refused when the columns are read directly'
  }
]
