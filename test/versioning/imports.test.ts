import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'tap'

const folder = new URL('../../src/versioning/', import.meta.url)

test('the versioning core is pure: neither fastify nor knex nor pg, and nothing of the layers above it', (t) => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
  t.ok(files.length > 20)
  for (const file of files) {
    const source = readFileSync(new URL(file, folder), 'utf8')
    const imports = [...source.matchAll(/(?:from|import\() ?'([^']+)'/g)].map(([, name]) => String(name))
    t.notOk(imports.find((name) => /^(fastify|knex|pg)(\/|$)/.test(name) || /\/(http|data|cli|plugin|options|types)(\/|\.js)/.test(name)), file)
  }
  t.end()
})
