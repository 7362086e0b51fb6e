import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { optionsOf, type Option, type ReadSource } from './options/read-options.js'

const ROOT = join(import.meta.dirname, '..')
const readFromDisk: ReadSource = (path) => readFileSync(join(ROOT, path), 'utf8')

/** What stands before it is written by hand; from here on the page is made from docstrings. */
export const MARK = '<!-- from here on written by `node --import ./scripts/typescript.mjs scripts/generate-options-reference.ts` from the docstrings in src; edits are lost -->'

/** One table: its heading, what it is for, and the interface that it is made of. */
interface Section {
  readonly heading: string
  readonly about: string
  /** `file Name` */
  readonly of: string
}

const SECTIONS: readonly Section[] = [
  { heading: '`fastify-vintage/knex`', about: '`app.register(vintageKnex, options)`, and `spanning(options)` where there is no Fastify.', of: 'src/data/knex/spanning.ts SpanningOptions' },
  { heading: '`instance`', about: 'The option `instance` of the two.', of: 'src/data/fleet/registry.ts InstanceName' },
  { heading: 'A transition', about: '`transition(definition)`, the default export of `versions/transitions/<name>.ts`; [what comes of it in each phase](phases.md).', of: 'src/data/transition.ts TransitionDefinition' },
  { heading: 'An index of a transition', about: 'A member of `indexes` that is more than a list of columns.', of: 'src/data/transition.ts IndexDefinition' },
  { heading: 'A foreign key of a transition', about: 'A member of `foreignKeys`.', of: 'src/data/transition.ts ForeignKeyDefinition' },
  { heading: '`vintage.config.ts`', about: '`defineConfig(config)`, for [the command line](cli.md).', of: 'src/config.ts VintageConfig' },
  { heading: 'The operator', about: 'What the commands that move tables work by: each says in [its options](cli.md) what is not to have the default.', of: 'src/data/operator.ts OperatorOptions' },
  { heading: 'Joining a backfill', about: '`vintage backfill-worker`, and each job of graphile-worker.', of: 'src/data/operator.ts JoinOptions' },
  { heading: '`backfillTask`', about: '`fastify-vintage/graphile-worker`: the task for your workers ([how](../guides/backfilling-by-jobs.md)).', of: 'src/graphile-worker.ts BackfillTaskOptions' },
  { heading: '`addBackfillJobs`', about: '`addBackfillJobs(utils, options)`.', of: 'src/graphile-worker.ts BackfillJobs' },
  { heading: '`online`', about: '`online(knex, options)`; [its functions](online.md).', of: 'src/data/online/online.ts OnlineOptions' },
  { heading: '`addIndex`', about: '`online(knex).addIndex(table, elements, options)`.', of: 'src/data/online/add-index.ts IndexOptions' },
  { heading: '`addUnique`', about: '`online(knex).addUnique(table, columns, options)`.', of: 'src/data/online/add-unique.ts UniqueOptions' },
  { heading: '`addCheck`', about: '`online(knex).addCheck(table, condition, options)`.', of: 'src/data/online/add-check.ts CheckOptions' },
  { heading: '`addForeignKey`', about: '`online(knex).addForeignKey(table, columns, options)`.', of: 'src/data/online/add-foreign-key.ts ForeignKeyOptions' },
  { heading: '`addColumn`', about: '`online(knex).addColumn(table, column, type, options)`.', of: 'src/data/online/add-column.ts ColumnOptions' }
]

/** The data half of docs/reference/options.md, made from the docstrings of the options. */
export function optionsReference (read: ReadSource = readFromDisk): string {
  return [MARK, ...SECTIONS.map(({ heading, about, of }) => `## ${heading}\n\n${about}\n\n${tableOf(optionsOf(read, of))}`)].join('\n\n') + '\n'
}

/** The whole page, with what is written by hand as it is. */
export function optionsPage (page: string, read: ReadSource = readFromDisk): string {
  return page.slice(0, page.indexOf(MARK)) + optionsReference(read)
}

function tableOf (options: readonly Option[]): string {
  const rows = options.map(({ name, type, unit, otherwise, about }) => `| \`${name}\` | ${code(type)} |${unit === '' ? '' : ` ${unit}`} | ${otherwise} | ${about.replaceAll('|', '\\|')} |`)
  return ['| option | type | unit | default | |', '|---|---|---|---|---|', ...rows].join('\n')
}

function code (type: string): string {
  return `\`${type.replaceAll('|', '\\|')}\``
}
