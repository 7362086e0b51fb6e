import { downgradePrice, upgradeAmount } from '../model/functions.js'
import type { PricedParcel } from '../model/parcel.js'

const STATES: Readonly<Record<string, string>> = {
  created: 'created',
  on_road: 'moving',
  in_air: 'moving',
  at_depot: 'at_depot',
  at_hub: 'at_hub',
  delivered: 'delivered',
  handed_over: 'handed_over',
  returned: 'returned'
}

const FORMER_STATES: Readonly<Record<string, string>> = {
  created: 'created',
  moving: 'on_road',
  at_depot: 'at_depot',
  at_hub: 'at_hub',
  delivered: 'delivered',
  handed_over: 'handed_over',
  returned: 'returned'
}

/** What a client 10 versions behind sends. */
export interface Body {
  readonly state: string
  readonly reference_9: string
  readonly weight_grams: number
  readonly recipient_2: string
  readonly street_3: string
  readonly city: string
  readonly postcode_5: string
  readonly country_6: string
  readonly created_at: string
  readonly updated_at: string
  readonly fragile: boolean
  readonly door_code: string
  readonly floor: number
  readonly note: string
  readonly carrier: string
  readonly service: string
  readonly zone: number
  readonly tags: string[]
  readonly label: string
  readonly amount: string
  readonly courier_name: string
  readonly width_mm: number
  readonly position: { lat: number, lon: number }
  readonly delivery_on: string
  readonly fax: string
}

/** What that client reads. */
export function downgradeList (rows: readonly PricedParcel[]): object[] {
  const list: object[] = []
  for (const row of rows) {
    const priced = downgradePrice(row)
    list.push({
      id: row.id,
      state: STATES[row.state],
      reference_9: row.reference,
      weight_grams: row.weight_grams,
      recipient_2: row.recipient,
      street_3: row.street,
      city: row.city,
      postcode_5: row.postcode,
      country_6: row.country,
      created_at: row.created_at,
      updated_at: row.updated_at,
      fragile: row.fragile,
      door_code: row.door_code,
      floor: row.floor,
      note: row.note,
      carrier: row.carrier,
      service: row.service,
      zone: row.zone,
      tags: row.tags,
      label: row.label,
      depot: {
        id: row.depot.id,
        name_8: row.depot.name,
        town: row.depot.town,
        is_open: row.depot.is_open
      },
      amount: priced.amount,
      courier_name: row.courier_name,
      width_mm: row.width_mm,
      position: row.position,
      delivery_on: row.delivery_on,
      fax: 'none'
    })
  }
  return list
}

/** What its body means at head. */
export function upgradeBody (body: Body) {
  const priced = upgradeAmount(body)
  return {
    state: FORMER_STATES[body.state],
    reference: body.reference_9,
    weight_grams: body.weight_grams,
    recipient: body.recipient_2,
    street: body.street_3,
    city: body.city,
    postcode: body.postcode_5,
    country: body.country_6,
    created_at: body.created_at,
    updated_at: body.updated_at,
    insured: false,
    fragile: body.fragile,
    door_code: body.door_code,
    floor: body.floor,
    note: body.note,
    carrier: body.carrier,
    service: body.service,
    zone: body.zone,
    tags: body.tags,
    label: body.label,
    price: priced.price,
    courier_name: body.courier_name,
    width_mm: body.width_mm,
    position: body.position,
    delivery_on: body.delivery_on
  }
}
