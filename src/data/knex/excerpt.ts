const MAX_LENGTH = 300

/** A statement for an error message, cut where it is long. */
export function excerpt (sql: string): string {
  return sql.length <= MAX_LENGTH ? sql : `${sql.slice(0, MAX_LENGTH)} …`
}
