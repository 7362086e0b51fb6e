import type { Parcel, PricedParcel } from './parcel.js'

const states = ['created', 'on_road', 'in_air', 'at_depot', 'at_hub', 'delivered', 'handed_over', 'returned']

/** The parcels that a list shows. */
export const ROWS = 20

/** As many parcels as a list shows. */
export function parcels (): Parcel[] {
  return Array.from({ length: ROWS }, (_, index) => parcelAt(index))
}

/** The same with the fields that functions make. */
export function pricedParcels (): PricedParcel[] {
  return parcels().map((parcel, index) => ({
    ...parcel,
    price: { amount_minor: 1000 + index * 137, currency: 'EUR' as const },
    courier_name: `Ada ${['Lovelace', 'King', 'Byron'][index % 3]}`,
    width_mm: 100 + index,
    position: { lat: 52 + index / 8, lon: 13 - index / 16 },
    delivery_on: `2026-11-${String(10 + index % 20)}`
  }))
}

function parcelAt (index: number): Parcel {
  return {
    id: index + 1,
    state: states[index % states.length] ?? 'created',
    reference: `REF-${String(index).padStart(6, '0')}`,
    weight_grams: 250 + index * 17,
    recipient: `Grace Hopper ${index}`,
    street: `Marienburger Straße ${index + 1}`,
    city: 'Berlin',
    postcode: String(10400 + index),
    country: 'DE',
    created_at: '2026-10-20T08:15:30.000Z',
    updated_at: '2026-11-02T17:45:00.000Z',
    insured: index % 2 === 0,
    fragile: index % 3 === 0,
    door_code: `#${index}B`,
    floor: index % 6,
    note: index % 4 === 0 ? '' : 'leave it with the neighbours, please',
    carrier: 'velo',
    service: 'next-day',
    zone: index % 9,
    tags: ['gift', 'evening'],
    label: `https://labels.example/${index}.pdf`,
    depot: { id: 7, name: 'Nord', town: 'Berlin', is_open: true }
  }
}
