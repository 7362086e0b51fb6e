import { Type } from '@sinclair/typebox'
import { change, type Change } from '../../src/versioning/change.js'
import { rename } from '../../src/versioning/operations/rename.js'
import { replace } from '../../src/versioning/operations/replace.js'

/** A change that is wrong in one way, and what must be said of it. */
export interface BrokenChange {
  readonly wrong: string
  readonly change: Change
  /** laws that do not hold, in order */
  readonly laws: readonly string[]
  /** part of the message of the first of them */
  readonly message: RegExp
}

const names = { first_name: Type.String(), last_name: Type.String() }
const full = { full_name: Type.String() }
const joinNames = ({ first_name, last_name }: { first_name: string, last_name: string }) => ({ full_name: `${first_name} ${last_name}` })
const splitName = ({ full_name }: { full_name: string }) => {
  const space = full_name.indexOf(' ')
  return space === -1 ? { first_name: full_name, last_name: '' } : { first_name: full_name.slice(0, space), last_name: full_name.slice(space + 1) }
}
const levels = ['low', 'middle', 'high'] as const
const levelOf = (index: number) => levels[index] ?? 'low'
const short = Type.String({ maxLength: 50 })
const lossy = { why: 'the fixture says so' }

const email = Type.Object({ kind: Type.Literal('email'), at: Type.String() })
const phone = Type.Object({ kind: Type.Literal('phone'), number: Type.String() })
const optionalMiddle = { first: Type.String(), middle: Type.Optional(Type.String()) }

/** Eleven changes that the laws must catch on generated values; the twelfth, a forgotten twin, shows against the schemas of head. */
export const brokenChanges: readonly BrokenChange[] = [
  {
    wrong: 'swapped fields',
    change: change('names are called otherwise', 'User', replace({
      before: names,
      after: { given: Type.String(), family: Type.String() },
      upgrade: ({ first_name, last_name }) => ({ given: last_name, family: first_name }),
      downgrade: ({ given, family }) => ({ first_name: given, last_name: family })
    })),
    laws: ['PutGet', 'GetPut'],
    message: /law: {5}PutGet\n {2}value: {3}\{"first_name":"([^"]*)","last_name":"([^"]*)"\}\n {2}downgrade\(upgrade\(x\)\) = x does not hold, it gives \{"first_name":"\2","last_name":"\1"\}/
  },
  {
    wrong: 'lost null',
    change: change('`nick` is now `alias`', 'User', replace({
      before: { nick: Type.Union([Type.String(), Type.Null()]) },
      after: { alias: Type.String() },
      onNull: 'call',
      upgrade: ({ nick }) => ({ alias: nick ?? '' }),
      downgrade: ({ alias }) => ({ nick: alias })
    })),
    laws: ['PutGet'],
    message: /value: {3}\{"nick":null\}\n {2}downgrade\(upgrade\(x\)\) = x does not hold, it gives \{"nick":""\}/
  },
  {
    wrong: 'off-by-one enum',
    change: change('levels have names', 'Task', replace({
      before: { level: Type.Integer({ minimum: 0, maximum: 2 }) },
      after: { priority: Type.Union(levels.map((level) => Type.Literal(level))) },
      upgrade: ({ level }) => ({ priority: levelOf(level) }),
      downgrade: ({ priority }) => ({ level: levels.indexOf(priority) + 1 })
    })),
    laws: ['totality (downgrade)', 'PutGet', 'GetPut'],
    message: /value: {3}\{"priority":"high"\}\n {2}gives \{"level":3\}, which is not valid on the other side/
  },
  {
    wrong: 'one-word name',
    change: change('a full name', 'User', replace({
      before: names,
      after: full,
      upgrade: joinNames,
      downgrade: ({ full_name }) => {
        const [first_name = '', last_name] = full_name.split(/ (.*)/s)
        return { first_name, last_name: last_name! }
      },
      lossy
    })),
    laws: ['totality (downgrade)'],
    message: /law: {5}totality \(downgrade\)\n {2}value: {3}\{"full_name":"[^ ]*"\}\n {2}gives \{"first_name":"[^ ]*"\}, which is not valid on the other side/
  },
  {
    wrong: 'space in the first name',
    change: change('a full name', 'User', replace({ before: names, after: full, upgrade: joinNames, downgrade: splitName })),
    laws: ['PutGet', 'GetPut'],
    message: /"first_name":"[^"]* [^"]*"/
  },
  {
    wrong: 'sum of two maxLengths',
    change: change('a full name', 'User', replace({
      before: { first_name: short, last_name: short },
      after: { full_name: Type.String({ maxLength: 100 }) },
      upgrade: joinNames,
      downgrade: ({ full_name }) => ({ first_name: [...full_name].slice(0, 50).join(''), last_name: [...full_name].slice(50).join('') }),
      lossy
    })),
    laws: ['totality (upgrade)'],
    message: /law: {5}totality \(upgrade\)\n {2}value: {3}\{"first_name":"(?:\\.|[^"]){50,}","last_name":"(?:\\.|[^"]){50,}"\}\n {2}gives .* which is not valid on the other side/u
  },
  {
    wrong: 'mutation of the input',
    change: change('newest tag first', 'Post', replace({
      before: { tags: Type.Array(Type.Integer()) },
      after: { newest_tags: Type.Array(Type.Integer()) },
      upgrade: ({ tags }) => ({ newest_tags: tags.reverse() }),
      downgrade: ({ newest_tags }) => ({ tags: [...newest_tags].reverse() })
    })),
    laws: ['no mutation (upgrade)'],
    message: /law: {5}no mutation \(upgrade\)\n {2}value: {3}\{"tags":\[-?\d+,-?\d+\]\}\n {2}leaves its argument as/
  },
  {
    wrong: 'Date input',
    change: change('the day alone', 'Event', replace({
      before: { day: Type.String({ format: 'date' }) },
      after: { at: Type.String({ format: 'date-time' }) },
      upgrade: ({ day }) => ({ at: `${day}T00:00:00.000Z` }),
      downgrade: ({ at }) => ({ day: (at as unknown as Date).toISOString().slice(0, 10) }),
      lossy
    })),
    laws: ['totality (downgrade)'],
    message: /law: {5}totality \(downgrade\)\n {2}value: {3}\{"at":"[^"]+Z"\}\n {2}The `downgrade` function of .* threw\. at\.toISOString is not a function/
  },
  {
    wrong: 'undefined key',
    change: change('one name', 'User', replace({
      before: optionalMiddle,
      after: { name: Type.Unsafe<{ first: string, middle?: string | undefined }>(Type.Object(optionalMiddle)) },
      upgrade: ({ first, middle }) => ({ name: { first, middle } }),
      downgrade: ({ name: { first, middle } }) => middle === undefined ? { first } : { first, middle }
    })),
    laws: ['totality (upgrade)'],
    message: /law: {5}totality \(upgrade\)\n {2}value: {3}\{"first":"[^"]*"\}\n {2}gives undefined at `name\.middle`: leave the key out/
  },
  {
    wrong: 'wrong only inside a union',
    change: change('one way to reach somebody', 'User', replace({
      before: { contact: Type.Union([email, phone]) },
      after: { reach: Type.Union([email, phone]) },
      upgrade: ({ contact }) => ({ reach: contact }),
      downgrade: ({ reach }) => ({ contact: reach.kind === 'phone' ? { kind: 'phone' as const, number: reach.number.trim() } : reach })
    })),
    laws: ['PutGet', 'GetPut'],
    message: /value: {3}\{"contact":\{"kind":"phone","number":"/
  },
  {
    wrong: 'wrong only on GetPut',
    change: change('prices to the tenth of a cent', 'Item', replace({
      before: { cents: Type.Integer({ minimum: 0, maximum: 1_000_000 }) },
      after: { mills: Type.Integer({ minimum: 0, maximum: 10_000_009 }) },
      upgrade: ({ cents }) => ({ mills: cents * 10 }),
      downgrade: ({ mills }) => ({ cents: Math.trunc(mills / 10) })
    })),
    laws: ['GetPut'],
    message: /law: {5}GetPut\n {2}value: {3}\{"mills":1\}\n {2}upgrade\(downgrade\(y\)\) = y does not hold, it gives \{"mills":0\}/
  }
]

/** `Type.Partial` has lost where its fields come from, so that the rename on `User` does not reach it. */
export const forgottenTwin = {
  change: change('`created` is now `created_at`', 'User', rename({ created: 'created_at' })),
  schemas: [
    Type.Object({ id: Type.Integer(), created_at: Type.String() }, { $id: 'User' }),
    Type.Object({ created_at: Type.Optional(Type.String()) }, { $id: 'UserPatch' })
  ]
}
