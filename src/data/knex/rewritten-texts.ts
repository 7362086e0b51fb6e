/** Statements kept per phase: an application has a few hundred forms; what builds its text from data must not fill memory. */
const MAX_STATEMENTS = 1000
const MAX_LENGTH = 20_000

/** Keeps what a function made of the statements used last. */
export function remember<Made> (make: (sql: string) => Made, maxStatements = MAX_STATEMENTS): (sql: string) => Made {
  const texts = new Map<string, Made>()
  return (sql) => {
    const known = texts.get(sql)
    const text = known ?? make(sql)
    if (sql.length > MAX_LENGTH) return text
    // a Map gives its keys in the order of insertion, so the first one is the one unused for longest
    texts.delete(sql)
    texts.set(sql, text)
    for (const oldest of texts.keys()) {
      if (texts.size <= maxStatements) break
      texts.delete(oldest)
    }
    return text
  }
}
