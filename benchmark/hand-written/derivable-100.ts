import type { Parcel } from '../model/parcel.js'

const STATES: Readonly<Record<string, string>> = {
  created: 'created',
  on_road: 'underway',
  in_air: 'underway',
  at_depot: 'underway',
  at_hub: 'underway',
  delivered: 'done',
  handed_over: 'done',
  returned: 'returned'
}

const FORMER_STATES: Readonly<Record<string, string>> = {
  created: 'created',
  underway: 'on_road',
  done: 'delivered',
  returned: 'returned'
}

/** What a client 100 versions behind sends. */
export interface Body {
  readonly state: string
  readonly reference_99: string
  readonly weight_grams_100: number
  readonly recipient_92: string
  readonly street_93: string
  readonly city_85: string
  readonly postcode_95: string
  readonly country_96: string
  readonly created_at_79: string
  readonly updated_at_89: string
  readonly fax: string
  readonly telex: string
  readonly pager: string
  readonly hub_code: string
  readonly bay: string
  readonly slot: string
  readonly crate: string
  readonly seal: string
  readonly route: string
  readonly shelf: string
}

/** What that client reads. */
export function downgradeList (rows: readonly Parcel[]): object[] {
  const list: object[] = []
  for (const row of rows) {
    list.push({
      id: row.id,
      state: STATES[row.state],
      reference_99: row.reference,
      weight_grams_100: row.weight_grams,
      recipient_92: row.recipient,
      street_93: row.street,
      city_85: row.city,
      postcode_95: row.postcode,
      country_96: row.country,
      created_at_79: row.created_at,
      updated_at_89: row.updated_at,
      depot: {
        id: row.depot.id,
        name_98: row.depot.name,
        town: row.depot.town,
        is_open: row.depot.is_open
      },
      fax: 'none',
      telex: 'none',
      pager: 'none',
      hub_code: 'none',
      bay: 'none',
      slot: 'none',
      crate: 'none',
      seal: 'none',
      route: 'none',
      shelf: 'none'
    })
  }
  return list
}

/** What its body means at head. */
export function upgradeBody (body: Body) {
  return {
    state: FORMER_STATES[body.state],
    reference: body.reference_99,
    weight_grams: body.weight_grams_100,
    recipient: body.recipient_92,
    street: body.street_93,
    city: body.city_85,
    postcode: body.postcode_95,
    country: body.country_96,
    created_at: body.created_at_79,
    updated_at: body.updated_at_89,
    insured: false,
    fragile: false,
    door_code: '',
    floor: 0,
    note: '',
    carrier: 'velo',
    service: 'standard',
    zone: 1,
    tags: [],
    label: ''
  }
}
