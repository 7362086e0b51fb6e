import { downgradeCourier, downgradePrice, downgradeWidth, upgradeAmount, upgradeCourier, upgradeWidth } from '../model/functions.js'
import type { PricedParcel } from '../model/parcel.js'

const STATES: Readonly<Record<string, string>> = {
  created: 'created',
  on_road: 'moving',
  in_air: 'moving',
  at_depot: 'stored',
  at_hub: 'stored',
  delivered: 'done',
  handed_over: 'done',
  returned: 'returned'
}

const FORMER_STATES: Readonly<Record<string, string>> = {
  created: 'created',
  moving: 'on_road',
  stored: 'at_depot',
  done: 'delivered',
  returned: 'returned'
}

/** What a client 50 versions behind sends. */
export interface Body {
  readonly state: string
  readonly reference_45: string
  readonly weight_grams_46: number
  readonly recipient_29: string
  readonly street_39: string
  readonly city_49: string
  readonly postcode_32: string
  readonly country_42: string
  readonly created_at_43: string
  readonly updated_at_35: string
  readonly carrier: string
  readonly service: string
  readonly zone: number
  readonly tags: string[]
  readonly label: string
  readonly amount: string
  readonly courier_first: string
  readonly courier_last: string
  readonly width_cm: number
  readonly position: { lat: number, lon: number }
  readonly delivery_on: string
  readonly fax: string
  readonly telex: string
  readonly pager: string
  readonly hub_code: string
  readonly bay: string
}

/** What that client reads. */
export function downgradeList (rows: readonly PricedParcel[]): object[] {
  const list: object[] = []
  for (const row of rows) {
    const priced = downgradePrice(row)
    const courier = downgradeCourier(row)
    const width = downgradeWidth(row)
    list.push({
      id: row.id,
      state: STATES[row.state],
      reference_45: row.reference,
      weight_grams_46: row.weight_grams,
      recipient_29: row.recipient,
      street_39: row.street,
      city_49: row.city,
      postcode_32: row.postcode,
      country_42: row.country,
      created_at_43: row.created_at,
      updated_at_35: row.updated_at,
      carrier: row.carrier,
      service: row.service,
      zone: row.zone,
      tags: row.tags,
      label: row.label,
      depot: {
        id: row.depot.id,
        name_48: row.depot.name,
        town: row.depot.town,
        is_open: row.depot.is_open
      },
      amount: priced.amount,
      courier_first: courier.courier_first,
      courier_last: courier.courier_last,
      width_cm: width.width_cm,
      position: row.position,
      delivery_on: row.delivery_on,
      fax: 'none',
      telex: 'none',
      pager: 'none',
      hub_code: 'none',
      bay: 'none'
    })
  }
  return list
}

/** What its body means at head. */
export function upgradeBody (body: Body) {
  const priced = upgradeAmount(body)
  const courier = upgradeCourier(body)
  const width = upgradeWidth(body)
  return {
    state: FORMER_STATES[body.state],
    reference: body.reference_45,
    weight_grams: body.weight_grams_46,
    recipient: body.recipient_29,
    street: body.street_39,
    city: body.city_49,
    postcode: body.postcode_32,
    country: body.country_42,
    created_at: body.created_at_43,
    updated_at: body.updated_at_35,
    insured: false,
    fragile: false,
    door_code: '',
    floor: 0,
    note: '',
    carrier: body.carrier,
    service: body.service,
    zone: body.zone,
    tags: body.tags,
    label: body.label,
    price: priced.price,
    courier_name: courier.courier_name,
    width_mm: width.width_mm,
    position: body.position,
    delivery_on: body.delivery_on
  }
}
