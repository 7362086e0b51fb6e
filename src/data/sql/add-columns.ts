import { namesOf, quote } from '../names.js'
import type { Transition } from '../transition.js'

/** New columns, nullable and without default, and the marker: the catalogue changes, no row is touched. */
export function addColumns (transition: Transition, table: string): string {
  const columns = Object.entries(transition.after).map(([name, type]) => `add column ${quote(name)} ${type}`)
  return `alter table ${table} ${columns.join(', ')}, add column ${quote(namesOf(transition.name).marker)} boolean not null default true`
}

/** What `addColumns` has added, gone again; nothing else goes with it. */
export function dropColumns (transition: Transition, table: string): string {
  const columns = [...Object.keys(transition.after), namesOf(transition.name).marker]
  return `alter table ${table} ${columns.map((name) => `drop column ${quote(name)}`).join(', ')}`
}
