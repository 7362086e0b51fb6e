import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { Type } from '@sinclair/typebox'
import { test } from 'tap'
import { change } from '../../../src/versioning/change.js'
import { createConverters } from '../../../src/versioning/converters.js'
import { deriveStates } from '../../../src/versioning/derive.js'
import { historyOf } from '../../../src/versioning/history.js'
import { interpret } from '../../../src/versioning/interpret.js'
import type { JsonSchema } from '../../../src/versioning/json-schema.js'
import { constrain } from '../../../src/versioning/operations/constrain.js'
import { flatten } from '../../../src/versioning/operations/flatten.js'
import { mapEnum } from '../../../src/versioning/operations/map-enum.js'
import { nest } from '../../../src/versioning/operations/nest.js'
import { rename } from '../../../src/versioning/operations/rename.js'
import { replace } from '../../../src/versioning/operations/replace.js'
import { wrap } from '../../../src/versioning/operations/wrap.js'
import { computeReach } from '../../../src/versioning/reach.js'
import { checkValues } from '../check-values.js'

const State = Type.Union([Type.Literal('on'), Type.Literal('off')], { $id: 'State' })
const Town = Type.Object({ label: Type.String() }, { $id: 'Town' })
const Customer = Type.Object({
  name: Type.String({ maxLength: 3 }),
  location: Type.Array(Type.String(), { minItems: 2, maxItems: 2 }),
  state: State,
  phone_text: Type.String(),
  home: Type.Object({ town: Town, no: Type.Optional(Type.Integer()) })
}, { $id: 'Customer' })

const history = historyOf({
  '2000-01-01': [],
  '2001-01-01': [
    change('V1a', 'Customer', nest({ into: 'address', fields: { street: 'line', city: 'city' } })),
    change('V1b', 'Customer', nest({ into: 'home', fields: { town: 'town', house_no: 'no' } }))
  ],
  '2002-01-01': [
    change('V2a', 'State', mapEnum({ values: { active: 'on', inactive: 'off' } })),
    change('V2b', 'Customer', rename({ status: 'state' })),
    change('V2c', 'Town', rename({ title: 'label' }))
  ],
  '2003-01-01': change('V3', 'Customer', flatten({ from: 'address', fields: { line: 'address_line', city: 'address_city' } })),
  // within one version a step reads what the step before it has written
  '2004-01-01': [
    change('V4a', 'Customer', nest({ into: 'place', fields: { address_line: 'line', address_city: 'city' } })),
    change('V4b', 'Customer', replace({
      before: { place: Type.Object({ line: Type.String(), city: Type.String() }) },
      after: { location: Type.Array(Type.String(), { minItems: 2, maxItems: 2 }) },
      upgrade: ({ place }) => ({ location: [place.line, place.city] }),
      downgrade: ({ location: [line = '', city = ''] }) => ({ place: { line, city } })
    })),
    change('V4c', 'Customer', wrap({ fields: { phone: 'phones' }, empty: { phone: null } })),
    change('V4d', 'Customer', replace({
      before: { phones: Type.Array(Type.String()) },
      after: { phone_text: Type.String() },
      upgrade: ({ phones }) => ({ phone_text: JSON.stringify(phones) }),
      downgrade: ({ phone_text: text }) => ({ phones: JSON.parse(text) })
    }))
  ],
  '2005-01-01': change('V5', 'Customer', constrain({ before: { name: Type.String() }, after: { name: Type.String({ maxLength: 3 }) }, fit: ({ name }) => ({ name: [...name].slice(0, 3).join('') }) }))
})

interface Model { name: string, line: string, city: string, isOn: boolean, phones: string[], town: string, no: number | undefined }

// The oracle: what each version looks like, written down by hand.
function customerAt (version: number, { name, line, city, isOn, phones, town, no }: Model): object {
  const numbered = no === undefined ? {} : { no }
  return {
    name,
    ...version === 0 ? { street: line, city } : version < 3 ? { address: { line, city } } : version < 4 ? { address_line: line, address_city: city } : { location: [line, city] },
    ...version < 2 ? { status: isOn ? 'active' : 'inactive' } : { state: isOn ? 'on' : 'off' },
    ...version < 4 ? { phone: phones[0] ?? null } : { phone_text: JSON.stringify(phones) },
    ...version === 0 ? { town: { title: town }, ...no === undefined ? {} : { house_no: no } } : { home: { town: version < 2 ? { title: town } : { label: town }, ...numbered } }
  }
}

const text = fc.string({ unit: 'binary' })
const model = (name: fc.Arbitrary<string>, maxLength: number) => fc.record({
  name, line: text, city: text, isOn: fc.boolean(), phones: fc.array(text, { maxLength }), town: text, no: fc.option(fc.integer(), { nil: undefined })
})
const shortName = fc.string({ unit: 'binary', maxLength: 3 })

function openBoth (schemas: Record<string, JsonSchema>) {
  const derived = deriveStates(history, { schemas: new Map(Object.entries(schemas)), places: new Map() })
  const reach = computeReach(derived)
  const converters = createConverters(derived, reach)
  return (value: object, from: number, to: number) => {
    const route = { from, to, use: 'value' as const }
    const convert = converters.unit('Customer', route)
    return [convert === null ? value : convert(value), interpret({ derived, reach }, 'Customer', value, route)]
  }
}

test('A14 nested, flattened, wrapped, mapped and cut: compiled = interpreted = oracle down to every version', (t) => {
  const both = openBoth({ Customer, State, Town })
  checkValues(t, fc.property(model(shortName, 3), fc.integer({ min: 0, max: 4 }), (customer, version) => {
    for (const result of both(customerAt(5, customer), 5, version)) deepStrictEqual(JSON.parse(JSON.stringify(result)), customerAt(version, customer))
  }), 500)
  t.end()
})

test('A14 … and up from every version, without a key that is undefined', (t) => {
  const both = openBoth({ Customer, State, Town })
  checkValues(t, fc.property(model(text, 1), fc.integer({ min: 0, max: 4 }), (customer, version) => {
    const wanted = customerAt(5, { ...customer, name: [...customer.name].slice(0, 3).join('') })
    for (const result of both(customerAt(version, customer), version, 5)) deepStrictEqual(result, wanted)
  }), 500)
  t.end()
})

test('values pass by reference through what is derived, and the argument stays as it was', (t) => {
  const Trip = Type.Object({ way: Type.Object({ from: Type.Array(Type.String()), to: Type.Array(Type.String()) }) }, { $id: 'Trip' })
  const nested = historyOf({ '2000-01-01': [], '2001-01-01': change('c', 'Trip', nest({ into: 'way', fields: ['from', 'to'] })) })
  const derived = deriveStates(nested, { schemas: new Map([['Trip', Trip]]), places: new Map() })
  const converters = createConverters(derived, computeReach(derived))
  const [from, to] = [Object.freeze(['a']), Object.freeze(['b'])]
  const way = Object.freeze({ from, to })
  const older = Object(converters.unit('Trip', { from: 1, to: 0, use: 'value' })?.(Object.freeze({ way })))
  t.equal(older.from, from)
  t.equal(older.to, to)
  t.equal(Object(converters.unit('Trip', { from: 0, to: 1, use: 'value' })?.(Object.freeze({ from, to }))).way.from, from)
  t.end()
})

test('A11 what a step of the same version has written is nested as it is', (t) => {
  const Home = Type.Object({ address: Type.Object({ street: Type.String(), town: Town }) }, { $id: 'Home' })
  const both = deriveStates(historyOf({
    '2000-01-01': [],
    '2001-01-01': [
      change('renamed', 'Town', rename({ title: 'label' })),
      change('split', 'Home', replace({
        before: { text: Type.String() },
        after: { street: Type.String(), town: Type.Object({ label: Type.String() }) },
        upgrade: ({ text: all }) => ({ street: all.slice(0, 1), town: { label: all.slice(1) } }),
        downgrade: ({ street, town }) => ({ text: street + town.label })
      })),
      change('nested', 'Home', nest({ into: 'address', fields: ['street', 'town'] }))
    ]
  }), { schemas: new Map<string, JsonSchema>([['Home', Home], ['Town', Town]]), places: new Map() })
  const reach = computeReach(both)
  const converters = createConverters(both, reach)
  const [older, newer] = [{ text: 'ab' }, { address: { street: 'a', town: { label: 'b' } } }]
  const [up, down] = [{ from: 0, to: 1, use: 'value' as const }, { from: 1, to: 0, use: 'value' as const }]
  t.strictSame(converters.unit('Home', up)?.(older), newer)
  t.strictSame(interpret({ derived: both, reach }, 'Home', older, up), newer)
  t.strictSame(converters.unit('Home', down)?.(newer), interpret({ derived: both, reach }, 'Home', newer, down), 'compiled as interpreted')
  t.end()
})
