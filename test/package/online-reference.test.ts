import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import knexFactory from 'knex'
import t from 'tap'
import ts from 'typescript'
import { online } from '../../src/knex.js'

const ROOT = join(import.meta.dirname, '..', '..')
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const page = read('docs/reference/online.md')

/** The members of an interface with what is said of them as `@default`. */
function membersOf (file: string, name: string): Map<string, string | undefined> {
  const source = ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true)
  const declaration = source.statements.filter(ts.isInterfaceDeclaration).find((statement) => statement.name.text === name)
  return new Map((declaration?.members ?? []).map((member) => [String(member.name?.getText(source)), /@default ([^*]+?) ?\*\//.exec(member.getFullText(source))?.[1]]))
}

/** The members of each kind of event. */
function eventsOf (): Array<[string, string[]]> {
  const file = 'src/data/online/events.ts'
  const source = ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true)
  const news = source.statements.filter(ts.isTypeAliasDeclaration).find(({ name }) => name.text === 'OnlineNews')
  const kinds = news !== undefined && ts.isUnionTypeNode(news.type) ? news.type.types.filter(ts.isTypeLiteralNode) : []
  return kinds.map(({ members }) => {
    const [type, ...others] = members.filter(ts.isPropertySignature)
    return [String(type?.type?.getText(source)).replaceAll("'", ''), others.map(({ name }) => name.getText(source))]
  })
}

/** The rows of the table under a heading, without the marks of code. */
function rowsOf (heading: string): string[][] {
  const section = page.split(/^#+ /m).find((text) => text.startsWith(heading)) ?? ''
  const table = section.split('\n').filter((line) => line.startsWith('|')).slice(2)
  return table.map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim().replaceAll('`', '')))
}

const functions = [...membersOf('src/data/online/online.ts', 'Online').keys()]

t.test('the page, the type and the object have the same functions', async (t) => {
  t.equal(functions.length, 7)
  t.strictSame(rowsOf('Functions').map(([name]) => name), functions)
  t.strictSame([...page.matchAll(/^### `(\w+)\(/gm)].map(([, name]) => name), functions)
  const knex = knexFactory({ client: 'pg' })
  t.strictSame(Object.keys(online(knex)), functions)
  await knex.destroy()
})

t.test('the page lists each option with the default of the code', async (t) => {
  const tables: Array<[string, string, string]> = [
    ['Options', 'online.ts', 'OnlineOptions'],
    ['`addIndex', 'add-index.ts', 'IndexOptions'],
    ['`addUnique', 'add-unique.ts', 'UniqueOptions'],
    ['`addCheck', 'add-check.ts', 'CheckOptions'],
    ['`addForeignKey', 'add-foreign-key.ts', 'ForeignKeyOptions'],
    ['`addColumn', 'add-column.ts', 'ColumnOptions']
  ]
  for (const [heading, file, name] of tables) {
    const members = membersOf(`src/data/online/${file}`, name)
    const rows = rowsOf(heading)
    t.strictSame(rows.map(([option]) => option).sort(), [...members.keys()].sort(), heading)
    for (const [option = '', type, otherwise = ''] of rows) {
      t.ok(type, `${heading} ${option} has a type`)
      const said = members.get(option)?.replaceAll('`', '').split(',')[0]
      t.equal(otherwise, said ?? 'required', `${heading} ${option}`)
    }
  }
})

t.test('the page lists each event with its members', async (t) => {
  t.ok(eventsOf().length > 4)
  t.strictSame(rowsOf('Events').map(([type, members]) => [type, members?.split(', ')]), eventsOf())
})

t.test('the README and the guide lead to the page, and name each function', async (t) => {
  t.match(read('README.md'), 'docs/reference/online.md')
  const guide = read('docs/guides/migrations-under-load.md')
  for (const name of functions) t.match(guide, name)
  t.match(guide, '../reference/online.md')
  t.match(read('README.md'), 'docs/guides/migrations-under-load.md')
})
