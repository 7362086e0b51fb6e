/** Notes that no statement of an earlier epoch is under way: `$1` instance, `$2` transitions, `$3` epochs, `$4` phases, as arrays of one length. */
export const ACKNOWLEDGE = `
insert into vintage.acknowledgements (instance, transition, epoch, phase, acknowledged_at)
select $1, transition, epoch, phase, clock_timestamp()
from unnest($2::text[], $3::bigint[], $4::text[]) as seen (transition, epoch, phase)
on conflict (instance, transition) do update
set epoch = excluded.epoch, phase = excluded.phase, acknowledged_at = excluded.acknowledged_at`
