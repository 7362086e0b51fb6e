import t from 'tap'
import { buildVersionTable } from '../src/http/version-table.js'
import { checkOptions, readSettings, type VintageOptions } from '../src/options.js'

const versions = {}
const table = buildVersionTable(['2000-01-01', '2001-01-01'])

t.test('options without a mistake pass, with those of register itself', async (t) => {
  const options = { versions: './versions', default: '2000-01-01', pin: () => null, pinnedBy: ['x-api-key'], header: 'Acme-Version', query: 'v', mediaType: 'version', path: true, asyncLocalStorage: false, match: 'earlier', coverage: 'warn', importModule: async () => ({}), prefix: '/api' } as const
  t.doesNotThrow(() => checkOptions(options))
})

t.test('each invalid option is named, with what was got and what is wanted', async (t) => {
  const mistakes: Array<[string, object, RegExp]> = [
    ['versions', {}, /`versions` is missing: expected the URL or path/],
    ['versions', { versions: null }, /`versions` is null/],
    ['pin', { versions, pin: '2000-01-01' }, /`pin` is "2000-01-01": expected a function/],
    ['importModule', { versions, importModule: 'jiti' }, /`importModule` is "jiti"/],
    ['header', { versions, header: 'api version' }, /`header` is "api version"/],
    ['header', { versions, header: () => '' }, /`header` is a function/],
    ['query', { versions, query: '' }, /`query` is "": expected the name of a parameter/],
    ['query', { versions, query: 1 }, /`query` is 1/],
    ['mediaType', { versions, mediaType: 'a b' }, /`mediaType` is "a b"/],
    ['path', { versions, path: 'v' }, /`path` is "v": expected true or false/],
    ['asyncLocalStorage', { versions, asyncLocalStorage: 1 }, /`asyncLocalStorage` is 1/],
    ['problemDetails', { versions, problemDetails: 'no' }, /`problemDetails` is "no": expected true or false/],
    ['warmUp', { versions, warmUp: 0 }, /`warmUp` is 0/],
    ['match', { versions, match: 'latest' }, /`match` is "latest": expected 'exact' or 'earlier'/],
    ['coverage', { versions, coverage: Symbol('off') }, /`coverage` is Symbol\(off\): expected 'strict' or 'warn'/],
    ['pinnedBy', { versions, pinnedBy: 'x-api-key' }, /`pinnedBy` is "x-api-key": expected a list/],
    ['pinnedBy', { versions, pinnedBy: [1] }, /`pinnedBy` is \[1\]/],
    ['defualt', { versions, defualt: '2000-01-01' }, /`defualt` does not exist: expected one of versions, default/]
  ]
  for (const [name, options, message] of mistakes) {
    t.throws(() => Reflect.apply(checkOptions, undefined, [options]), { code: 'FST_ERR_VINTAGE_INVALID_OPTION', message }, name)
  }
})

t.test('the defaults are filled in, and names of headers lower-cased', async (t) => {
  const given: VintageOptions = { versions, default: '2001-01-01', header: 'Acme-Version', mediaType: 'Version', pinnedBy: ['X-Api-Key'] }
  const before = structuredClone(given)
  t.match(readSettings(given, table), { header: 'acme-version', query: null, mediaType: 'version', path: false, asyncLocalStorage: false, match: 'exact', coverage: 'strict', pin: null, pinnedBy: ['x-api-key'], defaultIndex: 1 })
  t.match(readSettings({ versions, default: 'reject' }, table), { header: 'api-version', pinnedBy: ['authorization'], defaultIndex: null })
  t.same(given, before, 'the options of the caller are left as they are')
})

t.test('A1 two versions and no default: the start fails and says so', async (t) => {
  t.throws(() => readSettings({ versions }, table), { code: 'FST_ERR_VINTAGE_INVALID_OPTION', message: /`default` is missing: expected the version of requests that name none, one of 2000-01-01, 2001-01-01, or 'reject'/ })
  t.throws(() => readSettings({ versions, default: '1999-01-01' }, table), { message: /`default` is "1999-01-01"/ })
  t.throws(() => Reflect.apply(readSettings, undefined, [{ versions, default: 2000 }, table]), { message: /`default` is 2000/ })
  t.equal(readSettings({ versions }, buildVersionTable(['2000-01-01'])).defaultIndex, 0, 'one version needs none')
})
