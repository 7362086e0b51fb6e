/**
 * Tells what the shadow reads of instance `$1`, named `$2`, have given since it began: `$3` transitions, `$4` compared,
 * `$5` different, `$6` the last statement that differed and `$7` when, as arrays of one length. Of a transition
 * that is at `drop` nothing is told any more: what was, has gone with its old side.
 */
export const REPORT_SHADOW_READS = `
insert into vintage.shadow_reads (instance, name, transition, compared, different, statement, different_at)
select $1, $2, told.* from unnest($3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::timestamptz[]) as told (transition, compared, different, statement, different_at)
join vintage.transitions t on t.name = told.transition and t.phase <> 'drop'
on conflict (instance, transition) do update
set compared = excluded.compared, different = excluded.different, statement = excluded.statement, different_at = excluded.different_at`
