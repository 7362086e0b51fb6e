import { RefusedColumnsError, RefusedExpressionError } from '../../errors.js'
import type { Session } from '../database.js'
import { CAST_TYPE, castTo, pinSearchPath } from '../dual-writer/sides.js'
import { fit, quote } from '../names.js'
import type { SideTypes } from '../round-trip/read-sides.js'
import { oldColumnsOf, type Transition } from '../transition.js'
import { messageOf, withCause } from '../../caught.js'
import { findCuttingColumn } from './find-cutting-types.js'
import { parseExpression } from './parse-expression.js'

/**
 * Has Postgres itself judge types and expressions, on two empty tables that are rolled back at once: a generated
 * column takes an expression that names only columns of its table, has no sub-select, and is immutable (function,
 * operator and cast).
 *
 * @param table quoted, with its schema
 * @returns the types of both sides, which lie in pg_catalog or bear their schema
 * @throws FST_ERR_VINTAGE_REFUSED_EXPRESSION, FST_ERR_VINTAGE_REFUSED_COLUMNS, FST_ERR_VINTAGE_INVALID_TRANSITION
 */
export async function checkExpressions (session: Session, transition: Transition, table: string): Promise<SideTypes> {
  await session.query('savepoint vintage_probe')
  const oldProbe = await createProbe(session, transition, 'before')
  const newProbe = await createProbe(session, transition, 'after')
  await pinSearchPath(session)
  await checkTypes(session, transition, table, oldProbe, newProbe)
  const newTypes = await readTypes(session, newProbe)
  const oldTypes = await readTypes(session, oldProbe)
  for (const column of newTypes.values()) {
    await probe(session, transition, oldProbe, `upgrade.${column.name}`, String(transition.upgrade[column.name]), column)
  }
  for (const column of oldTypes.values()) {
    await probe(session, transition, newProbe, `downgrade.${column.name}`, String(transition.downgrade[column.name]), column)
  }
  for (const [name, condition] of Object.entries(transition.checks ?? {})) {
    await probe(session, transition, newProbe, `checks.${name}`, condition, { type: 'boolean', cast: 'boolean' })
  }
  await checkDefaults(session, transition, table, oldProbe)
  await session.query('rollback to savepoint vintage_probe')
  return { before: oldTypes, after: newTypes }
}

async function createProbe (session: Session, transition: Transition, side: 'before' | 'after'): Promise<string> {
  const name = `vintage.${quote(fit(`probe ${side} ${transition.name}`))}`
  const columns = Object.entries(transition[side]).map(([column, type]) => `${quote(column)} ${type}`)
  try {
    await session.query(`create table ${name} (${columns.join(', ')})`)
  } catch (cause) {
    throw refusal(RefusedColumnsError, `transition \`${transition.name}\`: Postgres does not take the types of \`${side}\``, cause)
  }
  return name
}

async function probe (session: Session, transition: Transition, table: string, where: string, expression: string, { type, cast }: Pick<TypeRow, 'type' | 'cast'>): Promise<void> {
  await parseExpression(transition.name, where, expression)
  try {
    await session.query(`alter table ${table} add column ${quote(fit(`vintage ${where}`))} ${type} generated always as (${castTo(expression, cast)}) stored`)
  } catch (cause) {
    throw refusal(RefusedExpressionError, `transition \`${transition.name}\`: \`${where}\` cannot be used: ${expression}. It may name only columns of ${where.startsWith('checks.') ? 'the new side' : 'the other side'}, must be immutable in Postgres' eyes (no now(), concat_ws, timestamptz::date; \`||\` with coalesce, \`at time zone 'UTC'\` instead), and must write what lies outside pg_catalog with its schema`, cause)
  }
}

interface TypeRow { name: string, type: string, cast: string, fallback: string | null, constrained: boolean }

const TYPES = `
select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, ${CAST_TYPE} as cast, pg_get_expr(d.adbin, d.adrelid) as fallback,
       t.typtype = 'd' and (t.typnotnull or exists (select 1 from pg_catalog.pg_constraint c where c.contypid = t.oid)) as constrained
from pg_catalog.pg_attribute a
join pg_catalog.pg_type t on t.oid = a.atttypid
left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped`

async function readTypes (session: Session, table: string): Promise<Map<string, TypeRow>> {
  return new Map((await session.query<TypeRow>(TYPES, [table])).map((row) => [row.name, row]))
}

/** The old side is as the definition says; the new side can be added without a look at any row. */
async function checkTypes (session: Session, transition: Transition, table: string, oldProbe: string, newProbe: string): Promise<void> {
  const actual = await readTypes(session, table)
  for (const { name, type } of (await readTypes(session, oldProbe)).values()) {
    const found = actual.get(name)?.type
    if (found !== type) throw new RefusedColumnsError(`transition \`${transition.name}\`: \`before\` says that \`${name}\` is ${type}, but in ${table} it is ${found}`)
  }
  for (const { name, type, fallback, constrained } of (await readTypes(session, newProbe)).values()) {
    if (fallback !== null) throw new RefusedColumnsError(`transition \`${transition.name}\`: type \`${transition.after[name]}\` of \`${name}\` brings a default, which would rewrite the table: write the plain type`)
    if (constrained) throw new RefusedColumnsError(`transition \`${transition.name}\`: \`${name}\` is of domain ${type}, whose constraint would have the whole table read under an exclusive lock: use its base type`)
  }
  for (const probe of [oldProbe, newProbe]) {
    const cutting = await findCuttingColumn(session, probe)
    if (cutting !== undefined) throw new RefusedColumnsError(`transition \`${transition.name}\`: \`${cutting.name}\` is ${cutting.type}, and a value that is too long for ${cutting.cutting} would be cut off in silence: use a type without a length, or varchar(n)`)
  }
}

/** The dual writer tells an old column that was not given by its default, so that must be the same every time. */
async function checkDefaults (session: Session, transition: Transition, table: string, oldProbe: string): Promise<void> {
  const actual = await readTypes(session, table)
  for (const name of oldColumnsOf(transition)) {
    const column = actual.get(name)
    if (column === undefined || column.fallback === null) continue
    try {
      await session.query(`alter table ${oldProbe} add column ${quote(fit(`vintage default ${name}`))} ${column.type} generated always as ((${column.fallback})::${column.type}) stored`)
    } catch (cause) {
      throw refusal(RefusedColumnsError, `transition \`${transition.name}\`: column \`${name}\` of ${table} has the default ${column.fallback}, which is not the same every time, so an insert that leaves it out could not be told: \`alter table … alter column ${name} drop default\` first`, cause)
    }
  }
}

function refusal (Refusal: typeof RefusedColumnsError, message: string, cause: unknown): Error {
  return withCause(new Refusal(`${message} (${messageOf(cause)})`), cause)
}
