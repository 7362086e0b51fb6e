import { pathToFileURL } from 'node:url'
import { test, type Test } from 'tap'
import { change, type Change } from '../../src/versioning/change.js'
import { loadHistory } from '../../src/versioning/load.js'
import { rename } from '../../src/versioning/operations/rename.js'

const changeSource = new URL('../../src/versioning/change.ts', import.meta.url).href
const changes = new Map<string, Change>()

/** Imports as a loader does: the stem of a file decides what it exports. */
async function importModule (url: string): Promise<unknown> {
  const name = decodeURIComponent(url.slice(url.lastIndexOf('/') + 1))
  if (name === '2000-01-01.ts') return { default: [] }
  if (name === 'broken.ts') throw new Error('unexpected token')
  if (name === 'several.ts') return { one: change('one', 'A', rename({ a: 'b' })), two: change('two', 'A', rename({ b: 'c' })) }
  if (name === 'text.ts') throw Object.create(null, { toString: { value: () => 'no error at all' } })
  const one = changes.get(name) ?? change(name, 'A', rename({ a: 'b' }))
  changes.set(name, one)
  // a module that exports the same thing by name and by default exports it once
  return { default: one, again: one }
}

const folder = (t: Test, files: Record<string, string | Record<string, string>>) => t.testdir(files)

test('dated files and folders are loaded in order, everything else is left aside', async (t) => {
  const versions = folder(t, {
    '2001-01-01.ts': '',
    '2000-01-01.ts': '',
    '2002-01-01': { 'b.mts': '', 'a.js': '', 'notes.md': '', 'a.d.ts': '', 'a.js.map': '' },
    '2003-01-01': {},
    next: { 'unreleased.ts': '' },
    transitions: { 'users.full_name.ts': '' },
    '.cache': { 'x.ts': '' },
    'README.md': '',
    'contract.lock.json': ''
  })
  for (const source of [versions, pathToFileURL(`${versions}/`)]) {
    const history = await loadHistory(source, { importModule })
    t.strictSame(history.versions, ['2000-01-01', '2001-01-01', '2002-01-01', '2003-01-01'])
    t.strictSame(history.changesOf('2002-01-01').map((one) => [one.description, history.sources.get(one)]), [['a.js', '2002-01-01/a.js'], ['b.mts', '2002-01-01/b.mts']])
    t.strictSame(history.changesOf('2000-01-01'), [])
  }
})

test('a record of changes is taken as it is', async (t) => {
  const one = change('one', 'A', rename({ a: 'b' }))
  const history = await loadHistory({ '2000-01-01': [], '2001-01-01': one })
  t.strictSame(history.changesOf('2001-01-01'), [one])
})

test('built files are loaded by native import', async (t) => {
  const versions = folder(t, { '2000-01-01.mjs': 'export default []', '2001-01-01.mjs': `export default { [Symbol.for('fastify-vintage.change')]: true, description: 'x', targets: ['A'], operation: {} } // ${changeSource}` })
  const history = await loadHistory(versions)
  t.equal(history.changesOf('2001-01-01').length, 1)
})

test('A16 files that do not load or are not named by a date stop the start, each with the way out', async (t) => {
  const refuses = async (files: Record<string, string | Record<string, string>>, message: string | RegExp) => await t.rejects(loadHistory(folder(t, files), { importModule }), { code: 'FST_ERR_VINTAGE_MISFIT', message })
  await refuses({ 'first.ts': '' }, 'first.ts: `first` is not a date: name version files and folders YYYY-MM-DD, and keep unreleased work in `next/`.')
  await refuses({ drafts: {} }, 'drafts/: `drafts` is not a date: name version files and folders YYYY-MM-DD, and keep unreleased work in `next/`.')
  await refuses({ '2000-01-01': { 'broken.ts': '' } }, '2000-01-01/broken.ts: cannot be loaded: unexpected token. Build TypeScript first, or pass `importModule` with a loader that reads it.')
  await refuses({ '2000-01-01': { 'text.ts': '' } }, /cannot be loaded: no error at all/)
  await refuses({ '2000-01-01': { 'several.ts': '' } }, '2000-01-01/several.ts: exports 2 things, which JavaScript sorts by name and not as they are written: export a list, `export default [first, second]`, so that the order of the changes is stated.')
  await refuses({ '2000-01-01.ts': '', '2001-01-01.ts': '', '2001-01-01': { 'a.ts': '' } }, /version 2001-01-01 is there twice: keep one dated file or one dated folder/)
  await t.rejects(loadHistory('/nowhere/versions'), { code: 'FST_ERR_VINTAGE_MISFIT', message: /The versions folder `\/nowhere\/versions` cannot be read/, cause: { code: 'ENOENT' } })
})
