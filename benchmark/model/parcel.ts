import { Type, type Static } from '@sinclair/typebox'
import { variant } from 'fastify-vintage'

/** Where parcels wait. */
export const Depot = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  town: Type.String(),
  is_open: Type.Boolean()
}, { $id: 'Depot' })

/** Where a parcel is. */
export const ParcelState = Type.Union([
  'created', 'on_road', 'in_air', 'at_depot', 'at_hub', 'delivered', 'handed_over', 'returned'
].map((state) => Type.Literal(state)), { $id: 'ParcelState' })

/** What parcels have in both histories; 100 versions of renames, additions, removals and split values lie behind it. */
const fields = {
  id: Type.Integer(),
  state: ParcelState,
  reference: Type.String(),
  weight_grams: Type.Integer(),
  recipient: Type.String(),
  street: Type.String(),
  city: Type.String(),
  postcode: Type.String(),
  country: Type.String(),
  created_at: Type.String({ format: 'date-time' }),
  updated_at: Type.String({ format: 'date-time' }),
  insured: Type.Boolean(),
  fragile: Type.Boolean(),
  door_code: Type.String(),
  floor: Type.Integer(),
  note: Type.String(),
  carrier: Type.String(),
  service: Type.String(),
  zone: Type.Integer(),
  tags: Type.Array(Type.String()),
  label: Type.String(),
  depot: Depot
}

/** A parcel, as head knows it. */
export const Parcel = Type.Object(fields, { $id: 'Parcel' })

/** A parcel with the fields that functions of the version files make. */
export const PricedParcel = Type.Object({
  ...fields,
  price: Type.Object({ amount_minor: Type.Integer(), currency: Type.Literal('EUR') }),
  courier_name: Type.String(),
  width_mm: Type.Integer(),
  position: Type.Object({ lat: Type.Number(), lon: Type.Number() }),
  delivery_on: Type.String()
}, { $id: 'Parcel' })

/** What clients send to create a parcel. */
export const NewParcel = variant('NewParcel', Parcel, (parcel) => Type.Omit(parcel, ['id', 'depot'], { additionalProperties: false }))

/** The same with the fields that functions make. */
export const NewPricedParcel = variant('NewParcel', PricedParcel, (parcel) => Type.Omit(parcel, ['id', 'depot'], { additionalProperties: false }))

export type Parcel = Static<typeof Parcel>
export type PricedParcel = Static<typeof PricedParcel>
export type NewPricedParcel = Static<typeof NewPricedParcel>
