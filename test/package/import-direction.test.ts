import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import t from 'tap'

const SRC = resolve(import.meta.dirname, '..', '..', 'src')

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts')).sort()

/** What a file imports when it is loaded; `import type` is erased, a dynamic import waits until it is asked for. */
function importsOf (file: string): string[] {
  const source = readFileSync(join(SRC, file), 'utf8')
  const statements = source.matchAll(/^(?:import|export)(?! type\b)[^'"]*?from '([^']+)'|^import '([^']+)'/gm)
  return [...statements].map(([, from, bare]) => String(from ?? bare))
}

/** Every package and built-in that loading a file brings in. */
function reachableFrom (entry: string): Set<string> {
  const seen = new Set<string>()
  const packages = new Set<string>()
  const visit = (file: string) => {
    if (seen.has(file)) return
    seen.add(file)
    for (const name of importsOf(file)) {
      if (name.startsWith('.')) visit(relative(SRC, resolve(SRC, dirname(file), name.replace(/\.js$/, '.ts'))))
      else packages.add(name)
    }
  }
  visit(entry)
  return packages
}

t.test('versioning is pure: it names neither fastify nor a database, not even their types', async (t) => {
  for (const file of files.filter((name) => name.startsWith('versioning/'))) {
    const source = readFileSync(join(SRC, file), 'utf8')
    t.notMatch(source, /from '(?:fastify|@fastify\/(?!error|ajv-compiler)[^']*|knex|pg|libpg-query)'/, file)
    t.notMatch(source, /from '(?:\.\.\/)+(?:http|data|cli)\//, `${file} looks up`)
  }
})

t.test('the data half and the HTTP half know nothing of each other, nor of the CLI', async (t) => {
  for (const file of files.filter((name) => /^(?:http|data)\//.test(name))) {
    const other = file.startsWith('http/') ? 'data|cli' : 'http|cli'
    t.notMatch(readFileSync(join(SRC, file), 'utf8'), new RegExp(`from '(?:\\.\\./)+(?:${other})/`), file)
  }
})

t.test('the main entry loads neither knex nor pg nor the SQL parser', async (t) => {
  const packages = reachableFrom('index.ts')
  t.ok(packages.has('fastify-plugin'), 'the imports are followed')
  for (const name of ['knex', 'pg', 'libpg-query', 'commander', 'fast-check']) t.notOk(packages.has(name), name)
})

t.test('no file is longer than 300 lines, and half of them have at most 100', async (t) => {
  const lengths = files.map((file) => readFileSync(join(SRC, file), 'utf8').split('\n').length - 1).sort((a, b) => a - b)
  t.ok((lengths.at(-1) ?? 0) <= 300)
  t.ok((lengths[Math.trunc(lengths.length / 2)] ?? 0) <= 100)
  t.ok(files.every((file) => existsSync(join(SRC, file))))
})
