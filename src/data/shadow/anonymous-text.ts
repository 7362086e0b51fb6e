import { normalizeSync, scanSync } from 'libpg-query'

const MAX_LENGTH = 500

/** A statement without its values and comments, cut where it is long. */
export function anonymousText (sql: string): string {
  const normal = normalizeSync(sql)
  const bytes = Buffer.from(normal)
  const tokens = scanSync(normal).tokens.filter(({ tokenName }) => !tokenName.endsWith('_COMMENT'))
  const words = tokens.map(({ start, end }, index) => {
    const isApart = index > 0 && tokens[index - 1]?.end !== start
    return (isApart ? ' ' : '') + bytes.toString('utf8', start, end)
  })
  return words.join('').slice(0, MAX_LENGTH)
}
