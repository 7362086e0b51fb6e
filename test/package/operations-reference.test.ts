import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import * as entry from '../../src/index.js'

const ROOT = join(import.meta.dirname, '..', '..')
const page = readFileSync(join(ROOT, 'docs/reference/operations.md'), 'utf8')
const sections = [...page.matchAll(/^## (\w+)\n([^]*?)(?=^## |$(?![^]))/gm)].map(([, name = '', text = '']) => ({ name, text }))

/** What the entry exports out of the folder of operations. */
function operationsOfEntry (): string[] {
  const source = readFileSync(join(ROOT, 'src/index.ts'), 'utf8')
  const lines = source.matchAll(/^export \{ ([^}]+) \} from '\.\/versioning\/operations\//gm)
  return [...lines].flatMap(([, names = '']) => names.split(', ')).filter((name) => !name.startsWith('type ')).sort()
}

t.test('docs/reference/operations.md has a section for each operation that the entry exports', async (t) => {
  const names = operationsOfEntry()
  t.ok(names.length >= 23, 'they were found')
  t.strictSame(names.filter((name) => typeof Reflect.get(entry, name) !== 'function'), [])
  t.strictSame(sections.map(({ name }) => name).sort(), names)
})

t.test('each section has an example that calls the operation, and a table of its options', async (t) => {
  for (const { name, text } of sections) {
    t.match(text, new RegExp(`\`\`\`ts\\n[^]*\\b${name}\\(`), name)
    t.ok(text.includes('| type | default | |\n') || text.includes('It has no options.'), name)
  }
})

t.test('each option of the types of an operation stands in its section', async (t) => {
  for (const { name, text } of sections) {
    const file = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    const source = readFileSync(join(ROOT, `src/versioning/operations/${file}.ts`), 'utf8')
    const [, spec = ''] = new RegExp(`What \\{@link ${name}\\} is told[^]*?\\{\\n([^]*?)\\n\\}`).exec(source) ?? []
    for (const [, option] of spec.matchAll(/^ {2}readonly (\w+)\??:/gm)) t.match(text, `| \`${option}\` |`, `${name}: ${option}`)
  }
})
