import { namesOf, quote } from '../names.js'
import type { Transition } from '../transition.js'

/**
 * New columns, nullable and without default, and the marker: the catalogue changes, no row is touched. Until the
 * triggers are there a CHECK, which is true of every row and so needs no look at them, keeps whoever saves a row that
 * was read earlier from passing it for filled.
 */
export function addColumns (transition: Transition, table: string): string {
  const { marker } = namesOf(transition.name)
  const columns = Object.entries(transition.after).map(([name, type]) => `add column ${quote(name)} ${type}`)
  const filled = Object.keys(transition.after).map(quote).join(', ')
  return `alter table ${table} ${columns.join(', ')}, add column ${quote(marker)} boolean not null default true, add constraint ${quote(marker)} check (${quote(marker)} and pg_catalog.num_nonnulls(${filled}) = 0) not valid`
}

/** Lets the new side be filled; to be run with the triggers, which keep the marker right from then on. */
export function allowFilling (transition: Transition, table: string): string {
  return `alter table ${table} drop constraint if exists ${quote(namesOf(transition.name).marker)}`
}

/** What `addColumns` has added, gone again, with the indexes and constraints that have it in them. */
export function dropColumns (transition: Transition, table: string): string {
  const columns = [...Object.keys(transition.after), namesOf(transition.name).marker]
  return `alter table ${table} ${columns.map((name) => `drop column ${quote(name)}`).join(', ')}`
}
