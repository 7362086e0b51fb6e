import { escapeLiteral } from 'pg'
import type { PrimaryKey } from '../backfill/key.js'
import { readPrimaryKey } from '../backfill/key.js'
import type { Session } from '../database.js'
import { columnTemplateOf } from '../knex/expression-template.js'
import { namesOf, quote } from '../names.js'
import type { TransitionState } from '../state/transitions.js'
import { qualifiedTable, type Sides } from './sides.js'

/** What it takes to set rows aside. */
export interface SettingAside {
  /** by which a row is named */
  readonly key: PrimaryKey
  /** new columns that will be NOT NULL: a null that `upgrade` gives is refused */
  readonly notNull: readonly string[]
  /** name → condition of the CHECKs that there will be */
  readonly checks: Readonly<Record<string, string>>
}

/** While this setting of a session bears a transition's name, a row whose new side cannot be made is filled with nulls. */
export const RELEASING = 'vintage.releasing'

/** @returns undefined where the definition does not set rows aside */
export async function readSettingAside (session: Session, state: TransitionState): Promise<SettingAside | undefined> {
  const { onError, notNull = [], checks = {} } = state.definition
  return onError === 'set-aside' ? { key: await readPrimaryKey(session, qualifiedTable(state)), notNull, checks } : undefined
}

/**
 * Statements of plpgsql, and what happens when a value does not fit: a data exception, a constraint, or `raise` in a
 * function. Every other error passes through. Such a block is a subtransaction for each row, so it is there only
 * where rows may be set aside; what it has assigned before the error stays assigned.
 */
export function guard (statements: string, otherwise: string): string {
  return `begin
      ${statements}
    exception when others then
      if left(sqlstate, 2) not in ('22', '23', 'P0') then raise; end if;
      ${otherwise}
    end;`
}

/** The new side is empty and the marker stands, so that readers meet the error of the expression, never a null. */
export function setAside (transition: string, sides: Sides, { key }: SettingAside): string {
  const values = key.columns.map(({ name }) => `NEW.${name}`).join(', ')
  return `${sides.new.map(({ actual }) => `NEW.${actual} := null;`).join(' ')}
      if current_setting('${RELEASING}', true) is distinct from ${escapeLiteral(transition)} then
        NEW.${sides.marker} := true;
        perform vintage.${quote(namesOf(transition).noteFunction)}(${values}, sqlstate, sqlerrm);
      end if;`
}

/** What `upgrade` gives is looked at before the constraints are there that would refuse it. */
export function refuseValues (transition: string, sides: Sides, { notNull, checks }: SettingAside): string[] {
  const nulls = sides.new.filter(({ plain }) => notNull.includes(plain)).map(({ actual, plain }) =>
    `if NEW.${actual} is null then raise exception using errcode = 'not_null_violation', message = ${escapeLiteral(`upgrade gives null for ${plain}, which is to be NOT NULL`)}; end if;`)
  return [...nulls, ...Object.entries(checks).map(([name, condition]) =>
    `if ${columnTemplateOf(transition, `checks.${name}`, condition)((column) => `NEW.${quote(column)}`)} is false then raise exception using errcode = 'check_violation', message = ${escapeLiteral(`what upgrade gives does not satisfy check ${name}`)}; end if;`)]
}

/**
 * Notes that a row is set aside. Notes are only ever added, so that no writer waits for another, and go with the
 * transaction that is rolled back; keys are written alike whatever the settings of the session.
 */
export function noteFunction (creation: string, transition: string, { key }: SettingAside): string[] {
  const name = `vintage.${quote(namesOf(transition).noteFunction)}`
  const types = [...key.columns.map(({ type }) => type), 'text', 'text'].join(', ')
  const count = key.columns.length
  return [`${creation} function ${name}(${types}) returns void language sql security definer
set search_path = pg_catalog, pg_temp set datestyle = 'ISO' set timezone = 'UTC' set bytea_output = 'hex' set extra_float_digits = 1 set intervalstyle = 'postgres' as $vintage$
  insert into vintage.set_aside (transition, key, direction, sqlstate, message)
  values (${escapeLiteral(transition)}, jsonb_build_array(${key.columns.map((_, index) => `$${index + 1}::text`).join(', ')}), 'upgrade', $${count + 1}, left($${count + 2}, 1000))
$vintage$`, `revoke execute on function ${name}(${types}) from public`]
}
