import type { Parcel } from '../model/parcel.js'

/** What a client 1 version behind sends. */
export interface Body {
  readonly state: string
  readonly reference: string
  readonly weight_grams_1: number
  readonly recipient: string
  readonly street: string
  readonly city: string
  readonly postcode: string
  readonly country: string
  readonly created_at: string
  readonly updated_at: string
  readonly insured: boolean
  readonly fragile: boolean
  readonly door_code: string
  readonly floor: number
  readonly note: string
  readonly carrier: string
  readonly service: string
  readonly zone: number
  readonly tags: string[]
  readonly label: string
}

/** What that client reads. */
export function downgradeList (rows: readonly Parcel[]): object[] {
  const list: object[] = []
  for (const row of rows) {
    list.push({
      id: row.id,
      state: row.state,
      reference: row.reference,
      weight_grams_1: row.weight_grams,
      recipient: row.recipient,
      street: row.street,
      city: row.city,
      postcode: row.postcode,
      country: row.country,
      created_at: row.created_at,
      updated_at: row.updated_at,
      insured: row.insured,
      fragile: row.fragile,
      door_code: row.door_code,
      floor: row.floor,
      note: row.note,
      carrier: row.carrier,
      service: row.service,
      zone: row.zone,
      tags: row.tags,
      label: row.label,
      depot: row.depot
    })
  }
  return list
}

/** What its body means at head. */
export function upgradeBody (body: Body) {
  return {
    state: body.state,
    reference: body.reference,
    weight_grams: body.weight_grams_1,
    recipient: body.recipient,
    street: body.street,
    city: body.city,
    postcode: body.postcode,
    country: body.country,
    created_at: body.created_at,
    updated_at: body.updated_at,
    insured: body.insured,
    fragile: body.fragile,
    door_code: body.door_code,
    floor: body.floor,
    note: body.note,
    carrier: body.carrier,
    service: body.service,
    zone: body.zone,
    tags: body.tags,
    label: body.label
  }
}
