/**
 * Registers an instance, or renews its lease: `$1` id, `$2` name, `$3` host, `$4` pid, `$5` build, `$6` transitions,
 * `$7` lease in ms. `until` is in seconds since 1970, to the microsecond.
 */
export const KEEP_LEASE = `
insert into vintage.instances (id, name, host, pid, build, transitions, started_at, lease_until)
values ($1, $2, $3, $4, $5, $6, clock_timestamp(), clock_timestamp() + $7 * interval '1 millisecond')
on conflict (id) do update set lease_until = excluded.lease_until
returning case when xmax = 0 then 'joined' else 'renewed' end as outcome, extract(epoch from lease_until)::text as until`
