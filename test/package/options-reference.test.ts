import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import ts from 'typescript'
import { optionsPage } from '../../scripts/options-reference.js'
import { optionsOf } from '../../scripts/options/read-options.js'
import { checkOptions } from '../../src/options.js'

const ROOT = join(import.meta.dirname, '..', '..')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const options = read('docs/reference/options.md')
const decorators = read('docs/reference/decorators.md')

/** The members of an interface, or of the object in a union of types. */
function membersOf (file: string, name: string): string[] {
  const source = ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true)
  const declaration = source.statements.find((statement) => (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) && statement.name.text === name)
  const members: string[] = []
  const visit = (node: ts.Node) => {
    if (ts.isPropertySignature(node) || ts.isMethodSignature(node)) members.push(node.name.getText(source))
    else if (!ts.isParameter(node)) ts.forEachChild(node, visit)
  }
  if (declaration !== undefined) visit(declaration)
  return members
}

/** The rows of the table under a heading: name, type, default, what it says. */
function rowsOf (page: string, heading: string): string[][] {
  const section = page.split(/^#+ /m).find((text) => text.startsWith(`${heading}\n`)) ?? ''
  const table = section.split('\n').filter((line) => line.startsWith('|')).slice(2)
  return table.map((line) => line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim()))
}

const tables: Array<[string, string, string, string, string[]]> = [
  ['options.md', options, 'Plugin', 'src/options.ts VintageOptions', []],
  ['options.md', options, 'Route', 'src/types.ts VintageRouteConfig', ['false']],
  ['decorators.md', decorators, '`request.vintage`', 'src/types.ts VintageRequest', []],
  ['decorators.md', decorators, '`app.vintage`', 'src/types.ts VintageApp', []],
  ['decorators.md', decorators, '`app.vintage.stats()`', 'src/types.ts VintageStats', []]
]

t.test('the tables of options and decorators list what the types have, and nothing else', async (t) => {
  for (const [file, page, heading, code, others] of tables) {
    const [path = '', name = ''] = code.split(' ')
    const members = membersOf(path, name)
    t.ok(members.length > 2, `${code} was found`)
    t.strictSame(rowsOf(page, heading).map(([cell = '']) => cell.replaceAll('`', '')).sort(), [...members, ...others].sort(), `${file}: ${heading}`)
  }
})

t.test('each option has its type and its default, as the code says it', async (t) => {
  const source = read('src/options.ts')
  for (const [name = '', type, otherwise = ''] of rowsOf(options, 'Plugin')) {
    const option = name.replaceAll('`', '')
    t.ok(type !== '' && otherwise !== '', option)
    const [, said] = new RegExp(`@default ([^*]+?) \\*/\\n {2}${option}\\?`).exec(source) ?? []
    if (said !== undefined) t.equal(otherwise.replaceAll('`', ''), said.replaceAll('`', ''), option)
  }
})

t.test('each option of the table is one that the plugin takes', async (t) => {
  for (const [name = ''] of rowsOf(options, 'Plugin')) {
    t.doesNotThrow(() => Reflect.apply(checkOptions, undefined, [{ versions: {}, [name.replaceAll('`', '')]: undefined, ...(name === '`versions`' ? { versions: {} } : {}) }]), name)
  }
})

t.test('the README names each option of the plugin', async (t) => {
  const readme = read('README.md')
  for (const option of membersOf('src/options.ts', 'VintageOptions')) t.match(readme, `\`${option}\``, option)
})

t.test('the options of the data half are what the docstrings say', async (t) => {
  t.equal(options, optionsPage(options), 'stale: run `node --import ./scripts/typescript.mjs scripts/generate-options-reference.ts`')
  t.same(rowsOf(options, 'A transition').map(([name = '']) => name.replaceAll('`', '')), membersOf('src/data/transition.ts', 'TransitionDefinition'))
  t.strictSame(rowsOf(options, 'The operator').find(([name]) => name === '`leaseMs`')?.slice(1, 4), ['`number`', 'ms', '`10,000`'])
})

t.test('an option without a sentence, a default, or a unit has no place on the page', async (t) => {
  const files = new Map([
    ['src/a.ts', "import type { Base, Other } from './b.js'\nimport { x } from 'elsewhere'\nexport interface A extends Base, Pick<Other, 'one' | 'two'>, Pick<Other, 'three'> {\n  /** says\n   * what; @default 1_000 ms */\n  aMs?: number\n  /** which */\n  b: Kind }\nimport type { Kind } from './b.js'"],
    ['src/b.ts', "export type Kind = 'x' | 'y'\nexport interface Base {\n/** gives one @default none */ readonly c?: x }\nexport interface Other {\n/** 1 */ one: string\n/** 2 */ two: string\n/** 3 */ three: string\n/** 4 */ four: string }"]
  ])
  const readFake = (path: string) => files.get(path) ?? ''
  t.strictSame(optionsOf(readFake, 'src/a.ts A'), [
    { name: 'aMs', type: 'number', unit: 'ms', otherwise: '`1,000`', about: 'says what' },
    { name: 'b', type: "'x' | 'y'", unit: '', otherwise: 'required', about: 'which' },
    { name: 'c', type: 'x', unit: '', otherwise: 'none', about: 'gives one' },
    ...['one', 'two', 'three'].map((name, index) => ({ name, type: 'string', unit: '', otherwise: 'required', about: `${index + 1}` }))
  ])
  for (const [member, message] of [['/** @default 1 */ a?: string', 'option `a` of src/a.ts A has no sentence'], ['/** b */ b?: string', 'option `b` of src/a.ts A has no @default'], ['/** c */ c: number', 'option `c` of src/a.ts A has no unit in its name']] as const) {
    t.throws(() => optionsOf(() => `export interface A {\n${member} }`, 'src/a.ts A'), { message })
  }
  t.throws(() => optionsOf(() => '', 'src/a.ts A'), { message: /there is no interface src\/a\.ts A/ })
})
