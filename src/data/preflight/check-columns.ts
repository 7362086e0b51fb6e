import { RefusedColumnsError } from '../../errors.js'
import type { Session } from '../database.js'
import { namesOf } from '../names.js'
import { newColumnsOf, oldColumnsOf, type Transition } from '../transition.js'

interface ColumnRow { name: string, generated: string, identity: string, granted: boolean, keyed: boolean }

const COLUMNS = `
select a.attname as name, a.attgenerated as generated, a.attidentity as identity, a.attacl is not null as granted,
       exists (select 1 from pg_catalog.pg_index i where i.indrelid = a.attrelid and i.indisprimary and a.attnum = any (i.indkey)) as keyed
from pg_catalog.pg_attribute a
where a.attrelid = to_regclass($1) and not a.attisdropped`

/**
 * Makes sure that the old columns are there and can be moved, and that no name of the new ones, of the marker or
 * of a hidden column is taken.
 *
 * @param table quoted, with its schema
 * @throws FST_ERR_VINTAGE_REFUSED_COLUMNS
 */
export async function checkColumns (session: Session, transition: Transition, table: string): Promise<void> {
  const columns = new Map((await session.query<ColumnRow>(COLUMNS, [table])).map((row) => [row.name, row]))
  const refuse = (problem: string): never => {
    throw new RefusedColumnsError(`transition \`${transition.name}\`: ${problem}`)
  }
  for (const name of oldColumnsOf(transition)) {
    const column = columns.get(name)
    if (column === undefined) refuse(`\`before\` names column \`${name}\`, which ${table} does not have`)
    else refuseUnmovable(column, table, refuse)
  }
  const computed = [...columns.values()].find(({ keyed, generated }) => keyed && generated !== '')
  if (transition.onError === 'set-aside' && computed !== undefined) refuse(`\`${computed.name}\` of ${table} belongs to the primary key and is generated, so that the triggers do not know it yet when a row is to be set aside by its key: use \`onError: 'reject'\``)
  const { marker, hidden } = namesOf(transition.name)
  for (const name of [...newColumnsOf(transition), marker, ...oldColumnsOf(transition).map(hidden)]) {
    if (columns.has(name)) refuse(`column \`${name}\` is already there in ${table}; it must not be before the transition begins`)
  }
}

function refuseUnmovable ({ name, generated, identity, granted, keyed }: ColumnRow, table: string, refuse: (problem: string) => never): void {
  if (generated !== '') refuse(`\`${name}\` of ${table} is a generated column, which the dual writer could not write: move the columns it is generated from`)
  if (identity !== '') refuse(`\`${name}\` of ${table} is an identity column, which the dual writer could not write`)
  if (keyed) refuse(`\`${name}\` of ${table} belongs to the primary key, by which rows are filled`)
  if (granted) refuse(`\`${name}\` of ${table} has privileges of its own, which the new columns would not have: grant on the table, and revoke those on the column`)
}
