import { Type, type TSchema } from '@sinclair/typebox'
import { add, change, remove, rename, replace, splitEnum, type Change } from 'fastify-vintage'
import * as functions from './functions.js'

/** How many versions lie behind head. */
export const VERSIONS_BEHIND = 100

const DAY_MS = 86_400_000
const FIRST_MS = Date.parse('2020-01-01')

/** The version so many behind head. */
export function versionBehind (behind: number): string {
  return new Date(FIRST_MS + (VERSIONS_BEHIND - behind) * 20 * DAY_MS).toISOString().slice(0, 10)
}

/** Fields whose names change again and again, in turn. */
const RENAMED = ['reference', 'weight_grams', 'recipient', 'street', 'city', 'postcode', 'country', 'created_at', 'updated_at']

const ADDED: ReadonlyArray<readonly [name: string, schema: TSchema, value: unknown]> = [
  ['insured', Type.Boolean(), false], ['fragile', Type.Boolean(), false], ['door_code', Type.String(), ''], ['floor', Type.Integer(), 0],
  ['note', Type.String(), ''], ['carrier', Type.String(), 'velo'], ['service', Type.String(), 'standard'], ['zone', Type.Integer(), 1],
  ['tags', Type.Array(Type.String()), []], ['label', Type.String(), '']
]

const REMOVED = ['fax', 'telex', 'pager', 'hub_code', 'bay', 'slot', 'crate', 'seal', 'route', 'shelf']

const SPLIT = [
  { value: 'moving', into: ['on_road', 'in_air'], write: 'on_road' },
  { value: 'stored', into: ['at_depot', 'at_hub'], write: 'at_depot' },
  { value: 'done', into: ['delivered', 'handed_over'], write: 'delivered' },
  { value: 'underway', into: ['moving', 'stored'], write: 'moving' }
]

const REPLACED = [
  replace({ before: { amount: Type.String() }, after: { price: Type.Object({ amount_minor: Type.Integer(), currency: Type.Literal('EUR') }) }, upgrade: functions.upgradeAmount, downgrade: functions.downgradePrice }),
  replace({ before: { courier_first: Type.String(), courier_last: Type.String() }, after: { courier_name: Type.String() }, upgrade: functions.upgradeCourier, downgrade: functions.downgradeCourier, lossy: { why: 'a name does not say where its first part ends' } }),
  replace({ before: { width_cm: Type.Number() }, after: { width_mm: Type.Integer() }, upgrade: functions.upgradeWidth, downgrade: functions.downgradeWidth }),
  replace({ before: { lat_lon: Type.String() }, after: { position: Type.Object({ lat: Type.Number(), lon: Type.Number() }) }, upgrade: functions.upgradePosition, downgrade: functions.downgradePosition }),
  replace({ before: { delivery_day: Type.String() }, after: { delivery_on: Type.String() }, upgrade: functions.upgradeDelivery, downgrade: functions.downgradeDelivery })
]

/** The history without a function of a user's, and the one with five: a change a version, 100 versions. */
export type HistoryKind = 'derivable' | 'functions'

/** The changes of all versions, as the option `versions` takes them. */
export function historyOfParcels (kind: HistoryKind): Record<string, Change[]> {
  const names = new Map<string, string>()
  const versions = Array.from({ length: VERSIONS_BEHIND }, (_, index) => {
    const nth = index + 1
    return [versionBehind(index), [changeAt(nth, kind, names)]] as const
  })
  return Object.fromEntries([[versionBehind(VERSIONS_BEHIND), []], ...versions.reverse()])
}

/** The nth change behind head: three of four are renames, as is a part of the others where their lists have ended. */
function changeAt (nth: number, kind: HistoryKind, names: Map<string, string>): Change {
  const round = Math.floor(nth / 10)
  const [added, removed, split] = [ADDED[round], REMOVED[round], SPLIT[(nth - 10) / 20]]
  const replaced = kind === 'functions' ? REPLACED[(nth - 1) / 20] : undefined
  if (replaced !== undefined) return change(`fields are made of others, ${nth}`, 'Parcel', replaced)
  if (nth % 10 === 4 && added !== undefined) return change(`\`${added[0]}\` is new`, 'Parcel', add({ after: { [added[0]]: added[1] }, value: { [added[0]]: added[2] } }))
  if (nth % 10 === 7 && removed !== undefined) return change(`\`${removed}\` is gone`, 'Parcel', remove({ before: { [removed]: Type.String() }, value: { [removed]: 'none' } }))
  if (split !== undefined) return change(`\`${split.value}\` is split`, 'ParcelState', splitEnum(split))
  if (nth % 10 === 8) return renamed('Depot', 'name', nth, names)
  return renamed('Parcel', RENAMED[nth % RENAMED.length] ?? 'reference', nth, names)
}

function renamed (target: string, field: string, nth: number, names: Map<string, string>): Change {
  const key = `${target}.${field}`
  const newer = names.get(key) ?? field
  const older = `${field}_${nth}`
  names.set(key, older)
  return change(`\`${older}\` is now \`${newer}\``, target, rename({ [older]: newer }))
}
