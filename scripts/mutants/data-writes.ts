import type { Mutant } from './mutant.js'

/** What may go wrong while both sides are written: the dual writer, the backfill, the verification. */
export const WRITES_MUTANTS: readonly Mutant[] = [
  {
    name: 'no trigger',
    file: 'src/data/steps/enter-dual-write.ts',
    find: 'locked: [...createTriggers(state, sides), allowFilling(',
    replace: 'locked: [...createTriggers(state, sides).slice(0, 0), allowFilling(',
    test: 'test/data/dual-writer.test.ts',
    red: 'D2 old and new writers on the same row: the last write is what both sides say'
  },
  {
    name: 'the arm for statements that set both sides is missing',
    file: 'src/data/dual-writer/insert-function.ts',
    find: 'if not vintage_follows then\n        ',
    replace: 'if false then\n        ',
    test: 'test/data/dual-writer.test.ts',
    red: 'D4 one statement that sets both sides out of sync: the new side wins by default'
  },
  {
    name: '`conflict: reject` lets the new side win',
    file: 'src/data/dual-writer/plpgsql.ts',
    find: "if (policies.conflict === 'new-wins') return fillOld(sides)",
    replace: 'return fillOld(sides)',
    test: 'test/data/dual-writer.test.ts',
    red: 'D4 with `conflict: reject` such a statement fails and changes nothing'
  },
  {
    name: 'the marker is ignored by a writer of the new side',
    file: 'src/data/dual-writer/update-function.ts',
    find: '} then\n    ${lay',
    replace: '} and false then\n    ${lay',
    test: 'test/data/dual-writer.test.ts',
    red: 'a new writer that sets one of two new columns of an unfilled row leaves the other as readers see it'
  },
  {
    name: 'a row that was read before it was filled and saved afterwards empties the new side',
    file: 'src/data/dual-writer/update-function.ts',
    find: '} and not OLD.',
    replace: '} and false and not OLD.',
    test: 'test/data/dual-writer.test.ts',
    red: 'D2 a whole row read before it was filled and saved afterwards does not empty the new side'
  },
  {
    name: 'a save that changes nothing rewrites the other side',
    file: 'src/data/dual-writer/update-function.ts',
    find: 'if not vintage_seen then',
    replace: 'if true then',
    test: 'test/data/dual-writer.test.ts',
    red: 'D2 a save of the whole row with nothing changed changes nothing, on filled and on unfilled rows'
  },
  {
    name: 'a write to an unrelated column computes',
    file: 'src/data/dual-writer/triggers.ts',
    find: 'for each row when (',
    replace: 'for each row when (true or ',
    test: 'test/data/dual-writer.test.ts',
    red: 'D3 a write to another column computes nothing and changes neither side, filled or not'
  },
  {
    name: 'an insert by the new columns leaves the old ones',
    file: 'src/data/dual-writer/insert-function.ts',
    find: 'then\n    ${fillOld(sides)',
    replace: 'then\n    null; ${fillOld(sides).slice(9999)',
    test: 'test/data/dual-writer.test.ts',
    red: 'D5 every way to insert leaves both sides in sync'
  },
  {
    name: 'the triggers are not ENABLE ALWAYS',
    file: 'src/data/dual-writer/triggers.ts',
    find: '}, enable always trigger',
    replace: '}, enable trigger',
    test: 'test/data/dual-writer.test.ts',
    red: 'D5 COPY of 100k rows, and a session in the replica role, leave both sides in sync'
  },
  {
    name: 'the functions run on tables of others',
    file: 'src/data/dual-writer/plpgsql.ts',
    find: 'if not (TG_TABLE_NAME',
    replace: 'if false and not (TG_TABLE_NAME',
    test: 'test/data/dual-writer.test.ts',
    red: 'a role with nothing but select on the table can hang the functions, which run as their owner, on no table of its own'
  },
  {
    name: 'the marker is ignored by the backfill',
    file: 'src/data/backfill/fill-batch.ts',
    find: '.marker} returning t.${filling',
    replace: '.marker} is not null returning t.${filling',
    test: 'test/data/backfill-batches.test.ts',
    red: 'D1 what a new writer has written before a batch comes to its row stays'
  },
  {
    name: 'the cursor goes by the highest key that a locking select gives',
    file: 'src/data/backfill/fill-batch.ts',
    find: '\n    ) as batch',
    replace: ' for no key update\n    ) as batch',
    test: 'test/data/backfill-batches.test.ts',
    red: 'D18 a key that moves to the end while its batch is being bounded stretches no batch'
  },
  {
    name: 'the checkpoint is written in another transaction',
    file: 'src/data/backfill/fill-ranges.ts',
    find: 'checkpointBackfill(session, work.lease.transition',
    replace: 'checkpointBackfill(work.context.database, work.lease.transition',
    test: 'test/data/backfill-batches.test.ts',
    red: 'D17 a batch whose commit fails leaves the checkpoint where it was'
  },
  {
    name: 'nothing is swept behind the last batch',
    file: 'src/data/backfill/sweep.ts',
    find: 'for (let empty = 0; empty < 2;)',
    replace: 'for (let empty = 2; empty < 2;)',
    test: 'test/data/backfill.test.ts',
    red: 'the last look at a table goes through it range by range, and fills what is left in any of them'
  },
  {
    name: 'a statement that saves the new side as it was read, and changes the old one, is not followed',
    file: 'src/data/dual-writer/update-function.ts',
    find: '  elsif vintage_seen then',
    replace: '  elsif false then',
    test: 'test/data/marker.test.ts',
    red: 'D2 who clears the marker by hand gets what the write itself means'
  },
  {
    name: 'no `row_security = off`',
    file: 'src/data/verify/verify-rows.ts',
    find: "set local row_security = off'",
    replace: "set local row_security = on'",
    test: 'test/data/verify.test.ts',
    red: 'D22 rows that a policy hides from the operator make the verification fail'
  },
  {
    name: 'mismatches do not block',
    file: 'src/data/verify/require-verified.ts',
    find: '  if (ok) return\n',
    replace: '  if (ok || mismatchedRows > 0) return\n',
    test: 'test/data/verify.test.ts',
    red: 'D23 one row out of sync among many is found, blocks, is listed, and can be mended'
  },
  {
    name: 'unfilled rows do not block the drop',
    file: 'src/data/verify/verify-rows.ts',
    find: 'ok: counts.pendingRows === 0 && counts.mismatchedRows === 0',
    replace: 'ok: counts.mismatchedRows === 0',
    test: 'test/data/verify.test.ts',
    red: 'a row that is unfilled again blocks the drop, though none is out of sync'
  },
  {
    name: 'rows that are set aside are ignored on the way to contract',
    file: 'src/data/set-aside/refuse-set-aside.ts',
    find: 'if (rows.length === 0) return\n  const named',
    replace: 'if (rows.length >= 0) return\n  const named',
    test: 'test/data/set-aside-read-new.test.ts',
    red: 'a bad write that commits while read-new is being entered is waited for, and found by its marker, whatever its key has become'
  }
]
