/** Makes a page of rows; a full one may have another after it. */
export function toPage<Row extends { id: number }> (data: Row[], limit: number): { data: Row[], next: number | null } {
  const last = data.at(-1)
  return { data, next: last !== undefined && data.length === limit ? last.id : null }
}
