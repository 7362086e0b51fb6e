import { createHash } from 'node:crypto'
import { escapeLiteral } from 'pg'
import { quote } from '../names.js'
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
 */
export function createFunction (creation: Creation, name: string, sides: Sides, body: string): string[] {
  const tag = `$vintage_${createHash('sha256').update(body).digest('hex').slice(0, 8)}$`
  return [`${creation} function vintage.${quote(name)}() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as ${tag}
declare
  vintage_seen boolean := false;
  vintage_follows boolean;
  vintage_whole boolean;
begin
  if not (TG_TABLE_NAME = ${escapeLiteral(sides.tableName)} and TG_TABLE_SCHEMA = ${escapeLiteral(sides.tableSchema)}) then
    raise exception using errcode = 'insufficient_privilege',
      message = format('vintage: this function belongs to %s and does not run on %s.%s', ${escapeLiteral(sides.table)}, TG_TABLE_SCHEMA, TG_TABLE_NAME);
  end if;
${body}
  return NEW;
end
${tag}`, `revoke execute on function vintage.${quote(name)}() from public`]
}

/**
 * Computes one side from the other one in the row that is about to be written. One assignment for each column: an expression
 * without a FROM is evaluated without a plan being started, which is several times quicker.
 */
function compute (target: readonly SideColumn[]): string {
  return target.map(({ actual, valueOver }) => `NEW.${actual} := ${valueOver('NEW')};`).join('\n    ')
}

/** New side := upgrade(old side), or the row is set aside. */
export function fillNew (sides: Sides, { settingAside, transition }: Policies): string {
  const fill = compute(sides.new)
  if (settingAside === undefined) return fill
  return guard([fill, ...refuseValues(transition, sides, settingAside)].join('\n      '), setAside(transition, sides, settingAside))
}

/** Old side := downgrade(new side). */
export function fillOld (sides: Sides): string {
  return compute(sides.old)
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
