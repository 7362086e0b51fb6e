import { createHash } from 'node:crypto'
import { follows } from '../dual-writer/compare.js'
import { guard } from '../dual-writer/set-aside.js'
import type { SideColumn } from '../dual-writer/sides.js'
import type { Comparison } from './compare-range.js'

/** The setting in which the program leaves what it has found, for the rest of the transaction. */
export const FOUND = 'vintage.verified'

/**
 * Writes a program of plpgsql that compares rows one by one: by a side whose expression raises on a row, that row is
 * not in sync.
 *
 * @param condition on a row `t`
 * @param listed how many mismatches are listed at most
 */
export function writeRowByRow ({ sides, key }: Comparison, condition: string, listed: number): string {
  const body = `#variable_conflict use_column
declare
  vintage_found record;
  vintage_row ${sides.table};
  vintage_follows boolean;
  vintage_count integer := 0;
  vintage_keys jsonb := '[]';
begin
  for vintage_found in select t as vintage_whole, ${key.asJson} as vintage_key from only ${sides.table} as t where ${condition} loop
    vintage_row := vintage_found.vintage_whole;
    ${compare(sides.new)}
    if not vintage_follows then
      ${compare(sides.old)}
    end if;
    if not vintage_follows then
      vintage_count := vintage_count + 1;
      if vintage_count <= ${listed} then
        vintage_keys := vintage_keys || jsonb_build_array(vintage_found.vintage_key);
      end if;
    end if;
  end loop;
  perform set_config('${FOUND}', jsonb_build_object('count', vintage_count, 'keys', vintage_keys)::text, true);
end`
  const tag = `$vintage_${createHash('sha256').update(body).digest('hex').slice(0, 8)}$`
  return `do ${tag}${body}${tag}`
}

function compare (side: readonly SideColumn[]): string {
  return guard(`vintage_follows := ${follows(side, 'vintage_row')};`, 'vintage_follows := false;')
}
