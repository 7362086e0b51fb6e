import fc, { type Arbitrary } from 'fast-check'
import type { JsonSchema } from './json-schema.js'

/**
 * Generates texts that a string schema admits: any code points, text as people write it, and texts as long as they may be.
 *
 * @throws Error for a pattern that no text can be generated for
 */
export function stringOf (schema: JsonSchema): Arbitrary<string> {
  const format = formats[String(schema.format)]
  if (format !== undefined) return format()
  const { minLength = 0, maxLength } = lengthsOf(schema)
  if (typeof schema.pattern === 'string') return patternOf(schema.pattern, minLength, maxLength)
  const lengths = { minLength, ...(maxLength === undefined ? {} : { maxLength }) }
  return fc.oneof(
    { weight: 3, arbitrary: fc.string({ ...lengths, unit: 'binary' }) },
    { weight: 4, arbitrary: fc.string({ ...lengths, unit: fc.constantFrom(...signs) }) },
    { weight: 2, arbitrary: repeatedText(minLength, Math.max(minLength, maxLength ?? 300)) },
    ...(maxLength === undefined ? [] : [{ weight: 3, arbitrary: fc.constantFrom('a', '😀', ' ').map((sign) => sign.repeat(Math.min(maxLength, longest))) }])
  )
}

/**
 * Generates texts that a person can read in a diff, as far as the schema leaves room for them.
 *
 * @throws Error for a pattern that no text can be generated for
 */
export function readableOf (schema: JsonSchema): Arbitrary<string> {
  const known = examples[String(schema.format)]
  if (known !== undefined) return fc.constantFrom(...known)
  if (schema.format !== undefined || schema.pattern !== undefined) return stringOf(schema)
  const { minLength = 0, maxLength = 60 } = lengthsOf(schema)
  const words = fc.array(fc.constantFrom('Ada', 'King', 'Lovelace', 'van', 'der', 'Berg', "O'Neil", 'Anne-Marie', '12.50', '7'), { maxLength: 4 })
  return words.map((list) => list.join(' ').padEnd(minLength, 'x').slice(0, maxLength).trim().padEnd(minLength, 'x'))
}

const examples: Readonly<Record<string, readonly string[]>> = {
  email: ['ada@example.com', 'o.neil+news@mail.example.org', 'berg@example.net'],
  'date-time': ['1815-12-10T00:00:00.000Z', '2024-02-29T23:59:59.999Z', '2026-11-01T09:30:00.000Z'],
  date: ['1815-12-10', '2024-02-29', '2026-11-01'],
  uri: ['https://example.com/', 'https://example.org/a/b?c=d']
}

/** Text as people write it, with the spaces and signs where conversions go wrong; each is one code point. */
const signs = ['a', 'B', 'ß', 'é', '中', '😀', ' ', ' ', '-', '.', "'", '"', '\\', '0', '7', '\u0301', '\u200d', '\n']

/** Code points; longer texts find nothing more, and take long. */
const longest = 20_000

function repeatedText (min: number, max: number): Arbitrary<string> {
  return fc.tuple(fc.constantFrom('a', ' ', '😀'), fc.integer({ min, max: Math.min(Math.max(max, min), longest) })).map(([sign, count]) => sign.repeat(count))
}

const formats: Readonly<Record<string, () => Arbitrary<string>>> = {
  'date-time': () => dates().map((date) => date.toISOString()),
  'iso-date-time': () => dates().map((date) => date.toISOString()),
  date: () => dates().map((date) => date.toISOString().slice(0, 10)),
  time: () => dates().map((date) => date.toISOString().slice(11)),
  'iso-time': () => dates().map((date) => date.toISOString().slice(11)),
  duration: () => fc.tuple(fc.integer({ min: 0, max: 99 }), fc.integer({ min: 0, max: 59 })).map(([days, minutes]) => `P${days}DT${minutes}M`),
  email: () => fc.emailAddress(),
  uuid: () => fc.uuid(),
  uri: () => fc.webUrl(),
  url: () => fc.webUrl().filter((url) => /^https?:\/\/[^\s]+\.[a-z]{2,}/i.test(url)),
  'uri-reference': () => fc.oneof(fc.webUrl(), fc.webPath()),
  hostname: () => fc.domain(),
  ipv4: () => fc.ipV4(),
  ipv6: () => fc.ipV6(),
  'json-pointer': () => fc.array(fc.constantFrom('a', 'b/c', 'd~e', '0')).map((parts) => parts.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')),
  byte: () => fc.base64String()
}

function dates (): Arbitrary<Date> {
  return fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
}

function patternOf (pattern: string, minLength: number, maxLength: number = Infinity): Arbitrary<string> {
  return fc.stringMatching(new RegExp(pattern, 'u')).filter((text) => [...text].length >= minLength && [...text].length <= maxLength)
}

function lengthsOf ({ minLength, maxLength }: JsonSchema) {
  return { minLength: typeof minLength === 'number' ? minLength : undefined, maxLength: typeof maxLength === 'number' ? maxLength : undefined }
}
