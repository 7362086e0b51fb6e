import createError from '@fastify/error'

/**
 * Every error that fastify-vintage raises, in one table. `FST_ERR_VINTAGE_REFUSED_*` marks a step that was
 * refused because it would not be safe: the CLI answers those with exit code 3.
 *
 * A message says what happened, what was got, what was wanted, and the way out.
 */
const define = (reason: string, message: string, statusCode = 500) =>
  createError(`FST_ERR_VINTAGE_${reason}`, message, statusCode)

// options and version files
export const InvalidOptionError = define('INVALID_OPTION', 'fastify-vintage: option `%s` %s')
export const MisfitError = define('MISFIT', '%s')

// a request
export const UnknownVersionError = define('UNKNOWN_VERSION', '`%s` is not a version of this API. Supported versions: %s.', 400)
export const AmbiguousVersionError = define('AMBIGUOUS_VERSION', 'The request names more than one version: %s. Name one. Supported versions: %s.', 400)
export const VersionRequiredError = define('VERSION_REQUIRED', 'The request names no version. Send the header `%s`. Supported versions: %s.', 400)
export const UnknownBehaviourError = define('UNKNOWN_BEHAVIOUR', 'there is no behaviour `%s`: correct the name, or export `behaviour(…)` from a version file. Known are %s.')
export const NoVersionError = define('NO_VERSION', '`%s` does not know for which version it is asked, because %s: use `%s`.')
export const PartialFieldsError = define('PARTIAL_FIELDS', 'The fields %s must come together since version %s; %s missing.', 400)
export const NoLongerAllowedError = define('NO_LONGER_ALLOWED', '`%s` %s since version %s: send another value, or go on to that version and what it offers instead.', 422)
export const ChangeFailedError = define('CHANGE_FAILED', 'The `%s` function of %s.')
export const PinUndefinedError = define('PIN_UNDEFINED', '`pin` returned undefined for %s: has authentication run? Return a version, or null for an account without a pin.')
export const PinUnknownError = define('PIN_UNKNOWN', '`pin` returned %s for %s: expected a date not before %s, the oldest version of this API, or null for an account without a pin.')
export const TooDeepError = define('TOO_DEEP', 'The %s of this request is nested too deeply.', 400)
export const CurrentResourceError = define('CURRENT_RESOURCE', '`config.vintage.currentResource` of %s gave %s: expected `{ value, token }` with the resource as head knows it, or null where there is none.')
export const UnprocessableError = define('UNPROCESSABLE', 'The %s of this request is valid in version %s, but the server no longer accepts it: %s.', 422)
export const UpgradeRefusedError = define('UPGRADE_REFUSED', 'The %s of this request is valid in version %s, but the server could not bring it to the current version. This is an error of the server, not of the request.')

// a response
export const ResponseUncoveredError = define('RESPONSE_UNCOVERED', '%s answered %s, for which it has no response schema, so the body cannot be brought to version %s. Add the schema, or set `config.vintage: false` on the route.')

// the start
export const UncoveredRoutesError = define('UNCOVERED_ROUTES', '%s')
export const NotReadyError = define('NOT_READY', '`%s` needs the derived contracts, which exist once the app is ready: await app.ready() first.')

// values that come by another way than HTTP
export const UnknownSchemaError = define('UNKNOWN_SCHEMA', 'there is no schema `%s` in version %s, so its values cannot be brought to another version: correct the `$id`; known are %s')
export const NoWayError = define('NO_WAY', 'values of `%s` cannot be brought from version %s: %s')
export const AmbiguousSchemaError = define('AMBIGUOUS_SCHEMA', 'the schema `%s` of %s has been split since: name the one that is meant, %s')

// tables in transition
export const InvalidTransitionError = define('INVALID_TRANSITION', 'transition `%s`: %s')
export const UnknownTransitionError = define('UNKNOWN_TRANSITION', '%s')
export const AmbiguousTransitionError = define('AMBIGUOUS_TRANSITION', '%s')
export const MigrationError = define('MIGRATION', '%s')
export const BackfillError = define('BACKFILL', '%s')
export const AbortedError = define('ABORTED', '%s')

// steps that would not be safe
export const RefusedTableError = define('REFUSED_TABLE', '%s')
export const RefusedColumnsError = define('REFUSED_COLUMNS', '%s')
export const RefusedExpressionError = define('REFUSED_EXPRESSION', '%s')
export const RefusedLossError = define('REFUSED_LOSS', '%s')
export const RefusedTriggersError = define('REFUSED_TRIGGERS', '%s')
export const RefusedSubscribersError = define('REFUSED_SUBSCRIBERS', '%s')
export const RefusedSchemaError = define('REFUSED_SCHEMA', '%s')
export const RefusedCopyError = define('REFUSED_COPY', 'this database is a copy of %s, and what schema `vintage` says of operators, instances and writers is about that one: `vintage adopt` takes the copy over, and `vintage status` shows it as it is')
export const RefusedDefinitionError = define('REFUSED_DEFINITION', '%s')
export const RefusedStepError = define('REFUSED_STEP', '%s')
export const RefusedPausedError = define('REFUSED_PAUSED', '%s')
export const RefusedOperatorError = define('REFUSED_OPERATOR', '%s')
export const RefusedFenceError = define('REFUSED_FENCE', '%s')
export const RefusedFleetError = define('REFUSED_FLEET', '%s')
export const RefusedTransactionsError = define('REFUSED_TRANSACTIONS', '%s')
export const RefusedSoakError = define('REFUSED_SOAK', '%s')
export const RefusedStrayWritersError = define('REFUSED_STRAY_WRITERS', '%s')
export const RefusedLockError = define('REFUSED_LOCK', '%s')
export const RefusedMismatchError = define('REFUSED_MISMATCH', '%s')
export const RefusedShadowReadsError = define('REFUSED_SHADOW_READS', '%s')
export const RefusedSetAsideError = define('REFUSED_SET_ASIDE', '%s')
export const RefusedIndexError = define('REFUSED_INDEX', '%s')
export const RefusedInTransactionError = define('REFUSED_IN_TRANSACTION', '`online(knex).%s` runs in transactions of its own, and `knex` is one already: let the migration say `export const config = { transaction: false }`.')
export const RefusedNameTakenError = define('REFUSED_NAME_TAKEN', '%s')
export const RefusedRewriteError = define('REFUSED_REWRITE', '%s')
export const RefusedRowsError = define('REFUSED_ROWS', '%s')
export const RefusedDependentsError = define('REFUSED_DEPENDENTS', '%s')

// a statement on a table in transition
export const OldColumnError = define('STATEMENT_OLD_COLUMN', 'transition `%s` has %s on its old side, which this knex does not speak: if a column of another relation was meant, write it with the name of that relation, else write %s')
export const MarkerError = define('STATEMENT_MARKER', '%s belongs to the machinery of transition `%s` and goes with it: leave it out. Statement: %s')
export const WholeRowError = define('STATEMENT_WHOLE_ROW', '%s is used as a whole row, which would hold both sides of the table in transition: name its columns, e.g. `jsonb_build_object(…)`. Statement: %s')
export const AmbiguousReferenceError = define('STATEMENT_AMBIGUOUS', '`%s` could be a column of %s: write it with the name of its table, and tables of one name with an alias. Statement: %s')
export const NotUnderstoodError = define('STATEMENT_NOT_UNDERSTOOD', 'cannot serve %s on a table in transition: %s. Statement: %s')
export const UnparsedError = define('STATEMENT_UNPARSED', 'cannot parse a statement that may concern a table in transition: %s. Statement: %s')
export const UnfilledKeyError = define('STATEMENT_UNFILLED_KEY', 'ON CONFLICT on `%s` would miss the rows that transition `%s` has still to fill: conflict on another key until the phase is read-new. Statement: %s')
export const TooEarlyError = define('STATEMENT_TOO_EARLY', '%s cannot be served while transition `%s` is at `expand`, since nothing keeps its two sides in sync yet: run `vintage migrate`. Statement: %s')
export const OvertakenError = define('STATEMENT_OVERTAKEN', 'this process lost its lease while the transaction was open, and the tables have moved on: roll back and run the transaction again')
export const StoppedError = define('STOPPED', 'this knex has been closed: no statement can be sent')
export const SilentDatabaseError = define('SILENT_DATABASE', 'the database has not answered for %s ms, so the lease of this process cannot be renewed')
export const ReadOnlyServerError = define('READ_ONLY_SERVER', 'this knex has to register in the fleet, and the server takes no writes: where it is a replica, the option `primary` says how its primary is reached')
export const ReplicaBehindError = define('REPLICA_BEHIND', 'after %s ms the server of this knex does not show that this process has registered at `primary`: the replica is that far behind, or it is not a replica of that server. No statement can be sent before')
export const ShadowReadsError = define('SHADOW_READS', 'no statement can be compared by a shadow read: %s. All statements are served as ever, and the next one tries again.')
export const RefusedNotReadyError = define('REFUSED_NOT_READY', 'this build speaks columns that the database does not serve yet: %s. Run `vintage migrate`, then start again.')
export const RefusedUnknownTransitionError = define('REFUSED_UNKNOWN_TRANSITION', 'this build still speaks the old side of a table that has moved on: %s. Deploy a build whose versions/transitions/ holds it.')

// the contracts of released versions
export const LockError = define('LOCK', '%s %s')
export const ContractBrokenError = define('CONTRACT_BROKEN', '%s answered what does not fit its contract at version %s: %s')

// the command line
export const UsageError = define('USAGE', '%s')
export const ConfigError = define('CONFIG', '%s')
export const CancelledError = define('CANCELLED', '%s')
