import { types } from 'pg'

const INT8 = 20
const TIMESTAMPTZ = 1184

const readTimestamp = types.getTypeParser(TIMESTAMPTZ)

/** Reads values in the form in which the API sends them: ids as numbers, moments as ISO 8601. */
function parserOf (oid: number, format: string = 'text') {
  if (format === 'binary') return types.getTypeParser(oid, 'binary')
  if (oid === INT8) return Number
  if (oid === TIMESTAMPTZ) return (text: string) => readTimestamp(text).toISOString()
  return types.getTypeParser(oid, 'text')
}

/** Connection settings of the shop's database, for knex. */
export function connectionOf (url: string) {
  return { connectionString: url, types: { getTypeParser: parserOf } }
}
