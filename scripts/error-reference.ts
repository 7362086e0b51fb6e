import * as errors from '../src/errors.js'

const INTRODUCTION = `# Errors

<!-- written by \`node --import ./scripts/typescript.mjs scripts/generate-error-reference.ts\` from src/errors.ts; edits are lost -->

Every error that fastify-vintage raises. \`%s\` stands for what only the moment knows. The status is what a client gets when
the error is thrown within a request; the command line ends with 3 for \`FST_ERR_VINTAGE_REFUSED_*\`.

| code | status | message |
|---|---|---|
`

/** What an error is about whose whole message is made where it is thrown. */
const SUBJECTS: Readonly<Record<string, string>> = {
  MISFIT: 'a version file does not fit the schemas: names the file, the change and the remedy',
  UNCOVERED_ROUTES: 'routes without response schemas, all at once',
  UNKNOWN_TRANSITION: 'no transition has this name: lists those there are',
  AMBIGUOUS_TRANSITION: 'several transitions are under way and none was named: lists them',
  MIGRATION: 'a knex migration failed or is missing',
  BACKFILL: 'the backfill stopped: what was filled stays filled, the same command goes on',
  ABORTED: 'stopped by Ctrl-C or a signal; the same command goes on',
  REFUSED_TABLE: 'a table that cannot be in transition: missing, a view, partitioned, without a primary key',
  REFUSED_COLUMNS: 'the columns are not as the transition describes them',
  REFUSED_EXPRESSION: 'an expression does not parse, names other columns, or is not immutable',
  REFUSED_LOSS: 'values do not come back as the `lossy` of the definition says they do: shows one, and what to declare',
  REFUSED_SUBSCRIBERS: 'logical replication carries the table, and nobody has said `--subscribers-ready`: names the publications and what a subscriber needs first',
  REFUSED_TRIGGERS: 'a trigger of the table would fire after the dual writer, or for each row that is filled without `--fire-triggers`, or names old columns at `hide`; or one of ours is not there any more',
  REFUSED_SCHEMA: 'schema `vintage` of the database is of an older or newer build than this one: says which, and the way out',
  REFUSED_DEFINITION: 'the transition in the file is no longer the one that has begun',
  REFUSED_STEP: 'the step does not lead on from the present phase',
  REFUSED_PAUSED: 'the transition is paused: names by whom, and since when',
  REFUSED_OPERATOR: 'somebody else is at it: names who, and since when',
  REFUSED_FENCE: 'this operator lost its lease to another one, and did nothing',
  REFUSED_FLEET: 'instances have not acknowledged the phase, or do not know the transition: names them',
  REFUSED_TRANSACTIONS: 'transactions from before the phase still hold a lock on the table: names them',
  REFUSED_SOAK: 'the phase before has not lasted for as long as `--soak` asks: says when it will have',
  REFUSED_STRAY_WRITERS: 'the old side is still being written: names by whom, and when last',
  REFUSED_LOCK: 'the lock could not be had within the deadline, after all attempts: names the blockers',
  REFUSED_MISMATCH: 'rows are out of sync or still to be filled: lists their keys',
  REFUSED_SHADOW_READS: 'a shadow read has differed since the rows were verified: names its statement',
  REFUSED_SET_ASIDE: 'rows are set aside, since they could not be converted: names the first of them',
  REFUSED_INDEX: 'an index of the new side cannot be built',
  REFUSED_NAME_TAKEN: 'something else bears the name of what was to be added: shows both definitions',
  REFUSED_REWRITE: 'the change would rewrite every row, or read it, while nobody can use the table',
  REFUSED_ROWS: 'rows do not satisfy a constraint that was to be added: says how many, or which values',
  REFUSED_DEPENDENTS: 'objects hang on the old columns: lists them',
  USAGE: 'the command line is wrong',
  CONFIG: 'the config file is missing or wrong',
  CANCELLED: 'a question was answered with no'
}

/** The page docs/reference/errors.md, made from the table of errors. */
export function errorReference (): string {
  const rows = Object.values(errors)
    .map((VintageError) => new VintageError())
    .map(({ code, statusCode, message }) => `| \`${code}\` | ${statusCode} | ${describe(code, message).replaceAll('|', '\\|')} |\n`)
  return INTRODUCTION + rows.sort().join('')
}

function describe (code: string, message: string): string {
  if (message !== '%s') return message
  const subject = SUBJECTS[code.replace('FST_ERR_VINTAGE_', '')]
  if (subject === undefined) throw new Error(`say in scripts/error-reference.ts what ${code} is about`)
  return `*${subject}*`
}
