/**
 * SQL for the oids of a table, of its partitions and of all that inherit from it: a lock on it is one on each of them.
 *
 * @param table its name as SQL, e.g. `$1`
 */
export function treeOf (table: string): string {
  return `(
    with recursive tree (oid) as (
      select to_regclass(${table})::oid
      union all select i.inhrelid from pg_catalog.pg_inherits i join tree on tree.oid = i.inhparent)
    select oid from tree)`
}
