import { escapeLiteral } from 'pg'
import { qualifiedTable } from '../dual-writer/sides.js'

/**
 * Lets every role that may use the table take part in the fleet: read the phases, register, acknowledge, and count
 * what its shadow reads give.
 * Needed where the application connects as another role than the operator. What the table grants to PUBLIC is not
 * passed on: a role that uses it by that alone is to be granted the table, or the schema, by name.
 */
export function grantSchema (found: { tableSchema: string, tableName: string }): string {
  return `
do $$
declare
  grantee text;
begin
  for grantee in
    select distinct quote_ident(pg_get_userbyid(acl.grantee))
    from pg_catalog.pg_class c cross join lateral aclexplode(c.relacl) as acl
    where c.oid = to_regclass(${escapeLiteral(qualifiedTable(found))}) and acl.grantee not in (0, c.relowner)
  loop
    execute format('grant usage on schema vintage to %s', grantee);
    execute format('grant select on vintage.transitions to %s', grantee);
    execute format('grant select (transition, finished_at) on vintage.backfills to %s', grantee);
    execute format('grant select, insert, update on vintage.shadow_reads to %s', grantee);
    execute format('grant select, insert, update, delete on vintage.instances, vintage.acknowledgements to %s', grantee);
  end loop;
end $$`
}
