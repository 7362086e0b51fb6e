import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import * as entry from '../../src/index.js'

const ROOT = join(import.meta.dirname, '..', '..')
const page = readFileSync(join(ROOT, 'docs/reference/operations.md'), 'utf8')
const sections = [...page.matchAll(/^## (\w+)\n([^]*?)(?=^## |$(?![^]))/gm)].map(([, name = '', text = '']) => ({ name, text }))

/** Each operation is a function in a file of its own, `operations/map-enum.ts` for `mapEnum`. */
async function operationsOfSource (): Promise<string[]> {
  const folder = join(ROOT, 'src/versioning/operations')
  const names = await Promise.all(readdirSync(folder).map(async (file) => {
    const name = file.replace(/\.ts$/, '').replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
    const module: Record<string, unknown> = await import(join(folder, file))
    // what is shared between operations is not part of the entry, and is called otherwise
    return typeof module[name] === 'function' ? [name] : []
  }))
  return names.flat().sort()
}

t.test('docs/reference/operations.md has a section for each operation, and the entry exports each', async (t) => {
  const names = await operationsOfSource()
  t.ok(names.length >= 13, 'they were found')
  t.strictSame(sections.map(({ name }) => name).sort(), names)
  t.strictSame(names.filter((name) => typeof Reflect.get(entry, name) !== 'function'), [], 'exported by src/index.ts')
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
