/** What the new column is made from. */
export const FILL_NEW = "trim(coalesce(first_name, '') || ' ' || coalesce(last_name, ''))"

const HEAD_SCHEMA = 'public_head'

/**
 * Triggers as pgroll shapes them: one for each column and direction, on every insert and update, that copies all columns
 * into variables and asks by the search_path who writes. Written anew after what they look like there.
 *
 * @see https://github.com/xataio/pgroll/blob/main/pkg/backfill/templates/function.go and trigger.go
 */
export function pgrollSql (upgrade: string): string[] {
  const columns = ['id', 'first_name', 'last_name', 'full_name', 'email', 'phone', 'street', 'city', 'country', 'status', 'balance', 'created_at', 'note']
  const trigger = (name: string, chooses: string, column: string, value: string) => [
    `create function ${name}() returns trigger language plpgsql as $$
    #variable_conflict use_variable
    declare
      ${columns.map((column) => `${column} customers.${column}%type := NEW.${column};`).join('\n      ')}
      search_path text;
    begin
      select current_setting into search_path from current_setting('search_path');
      if search_path ${chooses} '${HEAD_SCHEMA}' then
        NEW.${column} = ${value};
        NEW.needs_backfill = false;
      end if;
      return NEW;
    end $$`,
    `create trigger ${name} before insert or update on customers for each row execute function ${name}()`
  ]
  return [
    'alter table customers add full_name text, add needs_backfill boolean default true',
    `create index customers_full_name_index on customers ((case when needs_backfill then ${upgrade} else full_name end))`,
    ...trigger('pgroll_full_name', '!=', 'full_name', upgrade),
    ...trigger('pgroll_first_name', '=', 'first_name', "split_part(full_name, ' ', 1)"),
    ...trigger('pgroll_last_name', '=', 'last_name', "substr(full_name, strpos(full_name, ' ') + 1)")
  ]
}
