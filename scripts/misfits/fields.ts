import { Type } from '@sinclair/typebox'
import { add, remove, rename, replace } from 'fastify-vintage'
import { misfit, type MisfitCase } from './case.js'

const before = { title: Type.String() }
const functions = { upgrade: () => ({ name: '' }), downgrade: () => ({ title: '' }) }
const Conditional = Type.Object({ full: Type.Optional(Type.String()) }, { $id: 'Conditional', anyOf: [{ required: ['full'] }] })

/** What is wrong with changes of fields. */
export const fieldCases: readonly MisfitCase[] = [
  misfit('a rename of an unknown field', rename({ title: 'nme' })),
  misfit('a rename of nothing', rename({})),
  misfit('a rename that changes nothing', rename({ name: 'name' })),
  misfit('a rename whose older name is taken', rename({ id: 'name' })),
  misfit('a rename of two fields to one', rename({ title: 'name', label: 'name' })),
  misfit('an addition of nothing', add({ after: {} })),
  misfit('an addition of an unknown field', add({ after: { fax: Type.String() }, value: { fax: '' } })),
  misfit('an addition of another type', add({ after: { name: Type.Integer() }, value: { name: 1 } })),
  misfit('an addition without the value that older requests stand for', add({ after: { name: Type.String() } })),
  misfit('an addition over a default of head', add({ after: { note: Type.Optional(Type.String()) } })),
  misfit('a stated value of an unknown field', add({ after: { name: Type.String() }, value: Object({ name: '', nme: '' }) })),
  misfit('a stated value that its field does not admit', add({ after: { name: Type.String() }, value: Object({ name: 1 }) })),
  misfit('a removal of nothing', remove({ before: {} })),
  misfit('a removal of a field that is still there', remove({ before: { name: Type.String() }, value: { name: '' } })),
  misfit('a removal without the value that older clients are promised', remove({ before: { fax: Type.String() } })),
  misfit('a replacement of nothing', replace({ before: {}, after: { name: Type.String() }, upgrade: () => ({ name: '' }) })),
  misfit('a replacement by an unknown field', replace({ before, after: { label: Type.String() }, upgrade: () => ({ label: '' }), downgrade: () => ({ title: '' }) })),
  misfit('a replacement whose older name is taken', replace({ before: { id: Type.Integer() }, after: { name: Type.String() }, upgrade: () => ({ name: '' }), downgrade: () => ({ id: 1 }) })),
  misfit('a wrong type in `after`', replace({ before, after: { name: Type.Integer() }, upgrade: () => ({ name: 1 }), downgrade: () => ({ title: '' }) })),
  misfit('a wrong type deep in `after`', replace({ before, after: { address: Type.Object({ street: Type.Integer(), city: Type.String() }) }, upgrade: () => ({ address: { street: 1, city: '' } }), downgrade: () => ({ title: '' }) })),
  misfit('no `downgrade` where a response needs it', replace({ before, after: { name: Type.String() }, upgrade: functions.upgrade })),
  misfit('no `upgrade` where a request needs it', replace({ before, after: { name: Type.String() }, downgrade: functions.downgrade })),
  misfit('an optional field that becomes a required one', replace({ before: { title: Type.Optional(Type.String()) }, after: { name: Type.String() }, upgrade: functions.upgrade, downgrade: () => ({}) })),
  misfit('a null that `downgrade` does not expect', replace({ before: { title: Type.String() }, after: { name: Type.String(), label: Type.String() }, upgrade: () => ({ name: '', label: '' }), downgrade: () => ({ title: '' }) }), 'Label', { 'GET /label 200': Type.Object({ name: Type.String(), label: Type.Union([Type.String(), Type.Null()]) }, { $id: 'Label' }) }),
  misfit('a replacement of a field that a condition names', replace({ before: { old: Type.String() }, after: { full: Type.Optional(Type.String()) }, upgrade: () => ({}), downgrade: () => ({ old: '' }) }), 'Conditional', { 'GET /conditional 200': Conditional }),
  misfit('a default that a missing `downgrade` would have to bring to older versions', replace({ before, after: { label: Type.String() }, upgrade: () => ({ label: '' }) }), 'Label', { 'POST /labels body': Type.Object({ label: Type.Object({ label: Type.String() }, { $id: 'Label', default: { label: '' } }) }) }),
  misfit('`__proto__` as a field', replace({ before: Object.fromEntries([['__proto__', Type.String()]]), after: { name: Type.String() }, upgrade: functions.upgrade }))
]
