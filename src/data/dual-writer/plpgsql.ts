import { createHash } from 'node:crypto'
import { escapeLiteral } from 'pg'
import { quote } from '../names.js'
import { selectOther } from './compare.js'
import { guard, refuseValues, setAside, type SettingAside } from './set-aside.js'
import type { SideColumn, Sides } from './sides.js'

/** How the dual writer meets what it cannot decide. */
export interface Policies {
  readonly conflict: 'new-wins' | 'reject'
  /** how a row is set aside whose new side cannot be made; absent where its write fails */
  readonly settingAside: SettingAside | undefined
  /** for messages */
  readonly transition: string
}

/** `create` fails where a function of that name is there, which would be another transition's; `create or replace` is for our own. */
export type Creation = 'create' | 'create or replace'

/**
 * A trigger function of schema `vintage`; it runs as its owner, and sees nothing but pg_catalog. Hung on a table of
 * somebody else, whose types bring casts of their own, it would lend out its owner's rights: so it may be called by
 * nobody (triggers fire all the same), and refuses every other table.
 *
 * @param table quoted, with its schema
 */
export function createFunction (creation: Creation, name: string, table: string, body: string): string[] {
  const tag = `$vintage_${createHash('sha256').update(body).digest('hex').slice(0, 8)}$`
  return [`${creation} function vintage.${quote(name)}() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as ${tag}
#variable_conflict use_column
declare
  vintage_new record;
  vintage_old record;
  vintage_seen boolean := false;
  vintage_follows boolean;
  vintage_whole boolean;
begin
  if TG_RELID is distinct from to_regclass(${escapeLiteral(table)}) then
    raise exception using errcode = 'insufficient_privilege',
      message = format('vintage: this function belongs to %s and does not run on %s.%s', ${escapeLiteral(table)}, TG_TABLE_SCHEMA, TG_TABLE_NAME);
  end if;
${body}
  return NEW;
end
${tag}`, `revoke execute on function vintage.${quote(name)}() from public`]
}

/** Computes one side from the other side's values in `from` and keeps it in the variable `into`. */
export function compute (target: readonly SideColumn[], source: readonly SideColumn[], from: string, into: 'vintage_new' | 'vintage_old'): string {
  return `${selectOther(target, source, from, `into ${into}`)};`
}

/** Puts a computed side into the row that is about to be written. */
export function assign (target: readonly SideColumn[], from: 'vintage_new' | 'vintage_old'): string {
  return target.map(({ actual, name }) => `NEW.${actual} := ${from}.${name};`).join(' ')
}

/** New side := upgrade(old side), or the row is set aside. */
export function fillNew (sides: Sides, { settingAside, transition }: Policies): string {
  const fill = `${compute(sides.new, sides.old, 'NEW', 'vintage_new')} ${assign(sides.new, 'vintage_new')}`
  if (settingAside === undefined) return fill
  return guard([fill, ...refuseValues(sides, settingAside)].join('\n      '), setAside(transition, sides, settingAside))
}

/** Old side := downgrade(new side). */
export function fillOld (sides: Sides): string {
  return `${compute(sides.old, sides.new, 'NEW', 'vintage_old')} ${assign(sides.old, 'vintage_old')}`
}

/** One statement has set both sides, and neither follows from the other. */
export function resolveConflict (sides: Sides, policies: Policies): string {
  if (policies.conflict === 'new-wins') return fillOld(sides)
  return `raise exception using errcode = 'integrity_constraint_violation',
      message = ${escapeLiteral(`vintage: one statement has set both sides of ${policies.transition}, and they do not agree`)},
      hint = 'Set either the old columns or the new ones.';`
}

/** Quotes a text for use in SQL. */
export { escapeLiteral as literal }
