/** What a description such as `full_name replaces first_name and last_name` says about fields. */
export type Sentence =
  | { readonly kind: 'replace', readonly before: readonly string[], readonly after: readonly string[] }
  | { readonly kind: 'rename', readonly from: string, readonly to: string }
  | { readonly kind: 'unknown' }

const FIELD = '`?[A-Za-z_][A-Za-z0-9_]*`?'
const FIELDS = `${FIELD}(?:(?:\\s*,\\s*(?:and\\s+)?|\\s+and\\s+)${FIELD})*`
const REPLACES = new RegExp(`^(${FIELDS})\\s+replaces?\\s+(${FIELDS})\\.?$`)
const RENAMED = new RegExp(`^(${FIELD})\\s+(?:is now(?: called)?|becomes|is renamed to|→|->)\\s+(${FIELD})\\.?$`)

/** Reads a description; one that says nothing about fields in a known form is `unknown`. */
export function readSentence (description: string): Sentence {
  const [, after, before] = REPLACES.exec(description) ?? []
  if (after !== undefined && before !== undefined) return { kind: 'replace', before: fieldsIn(before), after: fieldsIn(after) }
  const [, from, to] = RENAMED.exec(description) ?? []
  if (from !== undefined && to !== undefined) return { kind: 'rename', from: bare(from), to: bare(to) }
  return { kind: 'unknown' }
}

/** The file name, without extension, under which a change is kept. */
export function fileStemOf (description: string, sentence: Sentence): string {
  const words = sentence.kind === 'replace' ? sentence.after.join(' ') : sentence.kind === 'rename' ? sentence.to : description
  const stem = words.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '')
  return stem.slice(0, MAX_STEM_LENGTH).replace(/-$/, '') || 'change'
}

const MAX_STEM_LENGTH = 48

function fieldsIn (list: string): string[] {
  return list.split(/\s*,\s*(?:and\s+)?|\s+and\s+/).map(bare)
}

function bare (field: string): string {
  return field.replaceAll('`', '')
}
