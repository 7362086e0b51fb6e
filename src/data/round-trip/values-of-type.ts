import type { ValueType } from './value-types.js'

/** Values as people write them, with what conversions go wrong on; the first is a usual one. */
const TEXTS = ['Ada', 'Ada Byron', '', ' ', '  Ada  B.  Byron ', 'x', 'O\'Neil "Bob" \\n %', '😀 é e\u0301 ß İ', 'a\tb\n', 'a,b;c|d-e/f:g@h.i_j', '7', '007', '-1', '1.50', 'true', 'TRUE', 'null', '2024-02-29', '{"a": 1}', 'x '.repeat(500)]

/** A text as long as its type lets it be is no value where that is longer: it would cost time, and no table has it. */
const MAX_LENGTH = 10_000

const INTEGERS = ['7', '0', '1', '-1', '10', '99', '100', '-1005', '123456', '32767', '-32768', '2147483647', '-2147483648', '9223372036854775807', '-9223372036854775808']

const DECIMALS = ['12.5', '1.50', '0.01', '0.005', '-0.99', '19.99', '1234.5678', '100.00']

/** What only numbers with a floating point hold: a zero with a sign, seventeen digits, the ends. */
const FLOATS = ['-0', '0.30000000000000004', '5e-324', '1.7976931348623157e308']

const MANY_DIGITS = `${'9'.repeat(20)}.${'9'.repeat(10)}`

const NO_NUMBERS = ['NaN', 'Infinity', '-Infinity']

/** Around the changes of the clocks, a leap day, the ends of calendars and the second in which counting begins. */
const DAYS = ['2024-02-29', '1970-01-01', '2024-03-31', '2024-10-27', '0001-01-01', '1582-10-15', '1999-12-31', '9999-12-31']

const ENDLESS = ['infinity', '-infinity']

const CLOCKS = ['12:30:00', '00:00:00', '01:59:59.999999', '02:30:00', '23:59:59.5']

const MOMENTS = DAYS.flatMap((day) => [`${day} ${CLOCKS[0]}`, `${day} 00:00:00`]).concat(DAYS.slice(0, 4).flatMap((day) => CLOCKS.map((clock) => `${day} ${clock}`)))

const ZONED = [...MOMENTS.map((moment) => `${moment}+00`), '2024-10-27 02:30:00+02', '2024-10-27 02:30:00+01']

const JSON_VALUES = [{}, { a: 1, b: [true, null, 'x'] }, [], [1, '2'], 'x', 1.5, 0, true, { vip: false }]

const OTHERS: Readonly<Record<string, readonly string[]>> = {
  bytea: ['\\x41', '\\x', '\\x00ff'],
  uuid: ['0f8fad5b-d9cb-469f-a165-70867728950e', '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
  date: [...DAYS, ...ENDLESS],
  timestamp: [...MOMENTS, ...ENDLESS],
  timestamptz: [...ZONED, ...ENDLESS],
  time: CLOCKS,
  timetz: CLOCKS.map((clock) => `${clock}+01`),
  interval: ['1 day', '0', '-1 day', '1 month', '30 days', '24:00:00', '1 year 2 mons 3 days 04:05:06.789', ...ENDLESS],
  bool: ['true', 'false'],
  varbit: ['101', '', '1'],
  inet: ['192.168.0.1', '10.0.0.0/8', '::1'],
  money: ['12.50', '0', '-1']
}

/**
 * Values that a column of this type may hold, as Postgres reads them, and null. Some it may refuse: these no row has.
 *
 * @param literals texts that the expressions themselves name
 */
export function valuesOfType (type: ValueType, literals: readonly string[]): unknown[] {
  const values = scalarsOf(type, literals)
  return [...type.isArray ? arraysOf(values) : values, null]
}

function scalarsOf ({ base, category, name, labels }: ValueType, literals: readonly string[]): unknown[] {
  if (category === 'E') return [...labels]
  if (name === 'json' || name === 'jsonb') return [...JSON_VALUES, ...literals.flatMap(parseOrNone)]
  if (category === 'N' && name !== 'money') return numbersOf(name, base, literals)
  const others = OTHERS[name]
  // without a digit are `now` and `today`, which are not the same every time
  if (others !== undefined) return [...others, ...literals.filter((literal) => /\d/.test(literal))]
  const texts = [...TEXTS, ...literals.flatMap((literal) => [literal, `Ada${literal}Byron`])]
  // what is usual of any other type is not known
  if (category !== 'S') return [null, ...texts]
  const length = Number(/\(\s*(\d+)\s*\)/.exec(base)?.[1] ?? Infinity)
  return length > MAX_LENGTH ? texts : [...texts.map((text) => [...text].slice(0, length).join('')), '7'.repeat(length), 'é'.repeat(length)]
}

function numbersOf (name: string, base: string, literals: readonly string[]): string[] {
  const named = literals.filter((literal) => /^-?\d+(?:\.\d+)?$/.test(literal))
  if (name.startsWith('int')) return [...INTEGERS, ...named]
  return [...decimalsOf(base), ...INTEGERS, ...name.startsWith('float') ? FLOATS : [], ...NO_NUMBERS, ...named]
}

/** @returns with the least and the most that a `numeric(12,2)` takes; the least first, where what is usual does not fit into it */
function decimalsOf (base: string): string[] {
  const [, digits, scale = '0'] = /\(\s*(\d+)\s*(?:,\s*(-?\d+)\s*)?\)/.exec(base) ?? []
  if (digits === undefined) return [...DECIMALS, MANY_DIGITS, `-${MANY_DIGITS}`]
  const exponent = `e${-Number(scale)}`
  const ends = [`1${exponent}`, ...['', '-'].map((sign) => `${sign}${'9'.repeat(Number(digits))}${exponent}`)]
  return Number(digits) - Number(scale) < 2 ? [...ends, ...DECIMALS] : [...DECIMALS, ...ends]
}

function arraysOf (values: readonly unknown[]): unknown[] {
  const [one = null, other = null] = values
  return [[one], [], [one, other], [other, one, null], [one, one], ...values.map((value) => [value])]
}

function parseOrNone (literal: string): unknown[] {
  try {
    return [JSON.parse(literal)]
  } catch {
    return []
  }
}
