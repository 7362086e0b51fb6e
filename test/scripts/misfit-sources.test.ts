import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { findMisfitTexts } from './misfit-texts.js'

const ROOT = join(import.meta.dirname, '..', '..')

function readSources (folder: string): Array<[string, string]> {
  const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
  return files.map((file) => [`${folder}/${file}`, readFileSync(join(ROOT, folder, file), 'utf8')])
}

t.test('A16 docs/reference/misfits.md lists every misfit that the sources can make', (t) => {
  const page = readFileSync(join(ROOT, 'docs/reference/misfits.md'), 'utf8').replaceAll('\\|', '|')
  const { texts, unnamed } = findMisfitTexts(new Map([...readSources('src/versioning'), ...readSources('src/http')]))
  t.ok(texts.length >= 150, `${texts.length} texts`)
  for (const folder of ['src/versioning/', 'src/versioning/operations/', 'src/http/']) t.ok(texts.some(({ where }) => where.startsWith(folder)), folder)
  t.same(texts.filter(({ pattern }) => !pattern.test(page)).map(({ where, literal }) => `${where}: ${literal}`), [], 'add a case for each to scripts/misfits, and generate the page anew')
  t.same(unnamed, [], 'call what `misfitOf` returns `misfit`, so that its texts are found')
  t.end()
})

t.test('A16 a text is found wherever a misfit takes it from, and a misfit that no case runs into is missed', (t) => {
  const file = `
    import { elsewhere } from './elsewhere.js'
    function check (site: Site, name: string): void {
      const remedy = name === '' ? 'give it a name of its own' : \`take another than \${name}, please\`
      site.misfit('is short')
      if (name === '-') throw new MisfitError(\`\${name}: cannot be a name (\${site}) at all.\`)
      for (const one of name) refuse(site, \`it \${operation.lacks(one) ?? elsewhere(one)}: \${remedy}\`)
    }
    function refuse (site: Site, problem: string): never {
      const fail = misfitOf(site)
      return fail(problem + misfitOf(site)(\`\${problem} and more of that\`))
    }
    const operation = { lacks: (one: string) => { if (one) return 'has no name that fits'; return undefined } }`
  const { texts, unnamed } = findMisfitTexts(new Map([['a/one.ts', file], ['a/elsewhere.ts', 'export function elsewhere () { return "comes from elsewhere" }']]))
  t.strictSame(texts.map(({ where, literal }) => `${where}: ${literal}`).sort(), [
    'a/elsewhere.ts:1: comes from elsewhere',
    'a/one.ts:11: and more of that',
    'a/one.ts:13: has no name that fits',
    'a/one.ts:4: give it a name of its own',
    'a/one.ts:4: take another than',
    'a/one.ts:5: is short',
    'a/one.ts:6: : cannot be a name (',
    'a/one.ts:7: it'
  ])
  t.strictSame(unnamed, ['a/one.ts:10'])
  const pattern = texts.find(({ where }) => where === 'a/one.ts:6')?.pattern
  t.match('x: cannot be a name (User) at all.', pattern)
  t.notMatch('x: cannot be a name (User).', pattern)
  t.end()
})
