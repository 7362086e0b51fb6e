import type { Sentence } from './sentence.js'

/** What a new version file is made from. */
export interface VersionFile {
  readonly description: string
  /** the `$id` of the schema that changes */
  readonly schema: string
  readonly sentence: Sentence
}

/** The text of a new version file: it type-checks as it stands, and its laws fail until its functions are written. */
export function versionFileText ({ description, schema, sentence }: VersionFile): string {
  if (sentence.kind === 'replace') return replaceText(description, schema, sentence.before, sentence.after)
  const { from, to } = sentence.kind === 'rename' ? sentence : { from: 'old_name', to: 'new_name' }
  return renameText(description, schema, from, to)
}

function replaceText (description: string, schema: string, before: readonly string[], after: readonly string[]): string {
  const [old, current] = [before.join(', '), after.join(', ')]
  return `import { Type } from '@sinclair/typebox'
import { change, replace } from 'fastify-vintage'

// The schema in your app has what stands under \`after\`; clients at older versions go on with what stands under \`before\`.
export default change(${literal(description)}, ${literal(schema)}, replace({
  before: { ${typed(before)} },
  after: { ${typed(after)} },
  // a request of an old client, on its way in: ({ ${old} }) => ({ ${current} })
  upgrade: () => { throw new Error(${literal(`to be written: from ${old} to ${current}`)}) },
  // a response to an old client, on its way out: ({ ${current} }) => ({ ${old} })
  downgrade: () => { throw new Error(${literal(`to be written: from ${current} to ${old}`)}) }
  // if an old client does not always get back what it sent, say why: lossy: { why: '…' }
}))
`
}

function renameText (description: string, schema: string, from: string, to: string): string {
  return `import { change, rename } from 'fastify-vintage'

// The schema in your app has the new name; clients at older versions go on with the old one.
// A rename needs no functions. Where values change too, use \`replace\` with \`before\`, \`after\`, \`upgrade\` and \`downgrade\`.
export default change(${literal(description)}, ${literal(schema)}, rename({ ${from}: ${literal(to)} }))
`
}

function typed (fields: readonly string[]): string {
  return fields.map((field) => `${field}: Type.String()`).join(', ')
}

/** A string literal in single quotes, whatever the text holds. */
function literal (text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}
