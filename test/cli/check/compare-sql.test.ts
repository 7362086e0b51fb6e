import { join } from 'node:path'
import { writeFile } from 'node:fs/promises'
import t, { type Test } from 'tap'
import { createShop } from '../shop.js'

const TRIMMED = "(first_name + ' ' + last_name).replace(/^ +| +$/g, '')"

function changeFile ({ upgrade = TRIMMED, before = 'first_name: Type.String(), last_name: Type.String()', transition = 'users.full_name' } = {}): string {
  return `
import { Type } from '@sinclair/typebox'
import { change, replace } from 'fastify-vintage'
export default change('one name', 'User', replace({
  before: { ${before} },
  after: { full_name: Type.String() },
  upgrade: ({ first_name, last_name }) => ({ full_name: ${upgrade} }),
  downgrade: ({ full_name }) => {
    const space = full_name.indexOf(' ')
    return space === -1 ? { first_name: full_name, last_name: '' } : { first_name: full_name.slice(0, space), last_name: full_name.slice(space + 1) }
  },
  lossy: { why: 'test' }
}), { transition: '${transition}' })
`
}

async function checkShop (t: Test, change: string, env?: Record<string, string>) {
  const { folder, vintage } = await createShop(t, 0)
  await writeFile(join(folder, 'versions', '2024-09-01.ts'), change)
  const { exitCode, stdout } = await vintage(['check', '--json', '--seed', '1'], env === undefined ? {} : { env })
  return { exitCode, document: JSON.parse(stdout) }
}

t.test('TypeScript and SQL of a change that names a transition are compared on the same values', async (t) => {
  t.match(await checkShop(t, changeFile()), { exitCode: 0, document: { ok: true, unchecked: [], problems: [] } })
})

t.test('a value of which SQL makes something else is a problem, the shortest of them', async (t) => {
  const { exitCode, document } = await checkShop(t, changeFile({ upgrade: `first_name === last_name ? 'same' : ${TRIMMED}.toLowerCase()` }))
  t.equal(exitCode, 1)
  t.match(document.problems, [{ kind: 'law', law: 'TypeScript as SQL', file: '2024-09-01.ts', value: {}, problem: /^upgrade gives \{.*\} in TypeScript, and \{.*\} in transition `users\.full_name`; so with \d+ of \d+ values$/ }])
})

t.test('what raises on one side only differs, and on both sides does not', async (t) => {
  const odd = changeFile({ upgrade: `(() => { if (first_name === '') throw new Error('empty'); return ${TRIMMED} })()` })
  const { document } = await checkShop(t, odd)
  t.match(document.problems.find(({ law }: { law: string }) => law === 'TypeScript as SQL'), { problem: /gives an error in TypeScript, and \{"full_name":/ })
})

const uncompared = [
  { what: 'a transition that is not there', change: changeFile({ transition: 'users.nickname' }), note: /^there is no transition `users\.nickname` to compare it with$/ },
  { what: 'other names', change: changeFile({ before: 'first_name: Type.String(), last_name: Type.String(), title: Type.Optional(Type.String())' }), note: /^its fields are not named as the columns of transition `users\.full_name`/ },
  { what: 'no database', change: changeFile(), env: { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }, note: /^TypeScript and SQL were not compared, which takes a database: .*ECONNREFUSED/ }
]

for (const { what, change, env, note } of uncompared) {
  t.test(`what cannot be compared is told, and is no problem: ${what}`, async (t) => {
    t.match(await checkShop(t, change, env), { document: { unchecked: [{ law: 'not checked', problem: note }], problems: [] } })
  })
}

/** Checks one more transition of the shop, with a change that names it. */
async function checkTransition (t: Test, name: string, transition: string, change: string, config?: string): Promise<Array<{ law: string, problem: string }>> {
  const { folder, database, vintage } = await createShop(t, 0)
  if (config !== undefined) await writeFile(join(folder, 'vintage.config.ts'), config.replace('URL', database.url))
  await writeFile(join(folder, 'versions', 'transitions', `${name}.ts`), `import { transition } from 'fastify-vintage/knex'\nexport default transition(${transition})\n`)
  await writeFile(join(folder, 'versions', '2024-09-01.ts'), `import { Type } from '@sinclair/typebox'\nimport { behaviour, change, replace } from 'fastify-vintage'\nexport default [behaviour('b', 'B', { transition: '${name}' }), change('c', 'User', replace(${change}), { transition: '${name}' })]\n`)
  const { problems, unchecked } = JSON.parse((await vintage(['check', '--json'])).stdout)
  return [...problems, ...unchecked].filter(({ law }: { law: string }) => law === 'TypeScript as SQL' || law === 'not checked')
}

t.test('one moment written in two ways is the same; a config may give settings of a connection', async (t) => {
  const found = await checkTransition(t, 'users.seen',
    "{ table: 'users', before: { seen: 'bigint' }, after: { seen_at: 'timestamptz' }, upgrade: { seen_at: 'to_timestamp(seen)' }, downgrade: { seen: 'extract(epoch from seen_at)::bigint' } }",
    `{ before: { seen: Type.Integer({ minimum: 0, maximum: 1e9 }) }, after: { seen_at: Type.String({ format: 'date-time' }) },
      upgrade: ({ seen }) => ({ seen_at: new Date(seen * 1000).toISOString() }), lossy: { why: 'test' } }`,
    "export default { connection: { connectionString: 'URL' } }")
  t.strictSame(found, [])
})

t.test('SQL that raises is told with what it says', async (t) => {
  const found = await checkTransition(t, 'users.share',
    "{ table: 'users', before: { parts: 'integer' }, after: { share: 'integer' }, upgrade: { share: '100 / parts' }, downgrade: { parts: '100 / share' } }",
    '{ before: { parts: Type.Integer({ minimum: 0, maximum: 3 }) }, after: { share: Type.Integer() }, upgrade: ({ parts }) => ({ share: parts === 0 ? 0 : Math.trunc(100 / parts) }), downgrade: ({ share }) => { throw new Error(String(share)) }, lossy: { why: \'test\' } }')
  t.match(found.find(({ problem }) => problem.startsWith('upgrade')), { problem: /^upgrade gives \{"share":0\} in TypeScript, and an error \(division by zero\) in transition `users\.share`/ })
})

t.test('a side of which no values can be generated is left to the laws', async (t) => {
  const found = await checkTransition(t, 'users.code',
    "{ table: 'users', before: { code: 'text' }, after: { codes: 'text' }, upgrade: { codes: 'code' }, downgrade: { code: 'codes' } }",
    "{ before: { code: Type.String({ pattern: '(?<=a)b' }) }, after: { codes: Type.String() }, upgrade: ({ code }) => ({ codes: code }), downgrade: ({ codes }) => ({ code: codes }), lossy: { why: 'test' } }")
  t.notOk(found.some(({ law }) => law === 'TypeScript as SQL'), JSON.stringify(found))
})

t.test('a field that is absent is a null of SQL', async (t) => {
  const found = await checkTransition(t, 'users.mark',
    "{ table: 'users', before: { mark: 'text' }, after: { label: 'text' }, upgrade: { label: \"nullif(mark, '')\" }, downgrade: { mark: \"coalesce(label, '')\" } }",
    "{ before: { mark: Type.String() }, after: { label: Type.Optional(Type.String()) }, upgrade: ({ mark }) => mark === '' ? {} : { label: mark }, downgrade: ({ label = '' }) => ({ mark: label }), lossy: { why: 'test' } }")
  t.notOk(found.some(({ law }) => law === 'TypeScript as SQL'), JSON.stringify(found))
})

t.test('values that the columns do not hold, or hold otherwise, are left out; a result that does not fit its column is an error', async (t) => {
  const found = await checkTransition(t, 'users.size',
    "{ table: 'users', before: { size: 'numeric(4,1)' }, after: { label: 'varchar(6)' }, upgrade: { label: \"size || ' kg'\" }, downgrade: { size: \"replace(label, ' kg', '')::numeric\" } }",
    "{ before: { size: Type.Number({ minimum: 0, maximum: 5000, multipleOf: 0.25 }) }, after: { label: Type.String() }, upgrade: ({ size }) => ({ label: (size.toFixed(1) + ' kg').slice(0, 6) }), lossy: { why: 'test' } }")
  t.match(found, [{ law: 'TypeScript as SQL', problem: /^upgrade gives \{"label":"\d+\.\d? ?k?g?"\} in TypeScript, and an error \(a value is too long for its column\) in/ }])
})
