import * as functions from '../model/functions.js'
import { historyOfParcels, versionBehind, type HistoryKind } from '../model/history.js'
import type { Change } from 'fastify-vintage'

/** One step of a chain as it is often written: a copy of the object, a field set, a field deleted. */
type Step = (row: Record<string, unknown>) => Record<string, unknown>

/**
 * How a chain of steps would downgrade a row: for comparison only, so it knows the operations of the model and nothing else.
 */
export function copyAndDelete (kind: HistoryKind, behind: number): (row: object) => object {
  const history = historyOfParcels(kind)
  const steps = Array.from({ length: behind }, (_, index) => (history[versionBehind(index)] ?? []).map(stepOf)).flat()
  return (row) => steps.reduce<Record<string, unknown>>((older, step) => step(older), { ...row })
}

function stepOf ({ description, operation, targets }: Change): Step {
  const [first = '', second = ''] = [...description.matchAll(/`(\w+)`/g)].map(([, name]) => String(name))
  switch (operation.kind) {
    case 'rename': return targets[0] === 'Depot' ? (row) => ({ ...row, depot: renameField(Object(row.depot), first, second) }) : (row) => renameField(row, first, second)
    case 'add': return (row) => deleteField(row, first)
    case 'remove': return (row) => ({ ...row, [first]: 'none' })
    case 'split-enum': return joinStates(first)
    default: return replaceFields(Object.keys(Object('after' in operation ? operation.after : {})))
  }
}

function renameField (row: Record<string, unknown>, older: string, newer: string): Record<string, unknown> {
  const copy = { ...row, [older]: row[newer] }
  delete copy[newer]
  return copy
}

function deleteField (row: Record<string, unknown>, name: string): Record<string, unknown> {
  const copy = { ...row }
  delete copy[name]
  return copy
}

function joinStates (value: string): Step {
  const joined = new Set({ moving: ['on_road', 'in_air'], stored: ['at_depot', 'at_hub'], done: ['delivered', 'handed_over'] }[value] ?? ['moving', 'stored'])
  return (row) => ({ ...row, state: joined.has(String(row.state)) ? value : row.state })
}

function replaceFields ([name = '']: readonly string[]): Step {
  const downgrades: Record<string, (row: never) => object> = {
    price: functions.downgradePrice, courier_name: functions.downgradeCourier, width_mm: functions.downgradeWidth, position: functions.downgradePosition, delivery_on: functions.downgradeDelivery
  }
  const downgrade = downgrades[name]
  if (downgrade === undefined) throw new Error(`no function makes anything of ${name}`)
  return (row) => deleteField({ ...row, ...Reflect.apply(downgrade, undefined, [row]) }, name)
}
