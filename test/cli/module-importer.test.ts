import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { createModuleImporter } from '../../src/cli/module-importer.js'

t.test('TypeScript is read, by path and by file URL, and the package in it is the one that runs the CLI', async (t) => {
  const folder = t.testdir({
    'a.ts': "import plugin, { told } from 'fastify-vintage'\nimport { b } from './b.js'\nexport const sum: number = told + b\nexport default plugin\n",
    'b.ts': 'await Promise.resolve()\nexport const b = 1 satisfies number\n'
  })
  const plugin = (): void => {}
  const importModule = await createModuleImporter(folder, { 'fastify-vintage': async () => ({ default: plugin, told: 41 }) })
  t.match(await importModule(join(folder, 'a.ts')), { default: plugin, sum: 42 })
  t.match(await importModule(pathToFileURL(join(folder, 'a.ts')).href), { sum: 42 })
})

t.test('what was translated is kept beside the packages of the project, and nowhere without any', async (t) => {
  const folder = t.testdir({ node_modules: {}, deep: { 'a.ts': 'export const one: number = 1\n' } })
  const importModule = await createModuleImporter(join(folder, 'deep'), {})
  t.match(await importModule(join(folder, 'deep', 'a.ts')), { one: 1 })
  t.equal((await readdir(join(folder, 'node_modules', '.cache', 'fastify-vintage'))).length, 1)
  const alone = await mkdtemp(join(tmpdir(), 'vintage-importer-'))
  t.teardown(async () => await rm(alone, { recursive: true }))
  await writeFile(join(alone, 'a.ts'), 'export const two: number = 2\n')
  t.match(await (await createModuleImporter(alone, {}))(join(alone, 'a.ts')), { two: 2 })
  t.same(await readdir(alone), ['a.ts'])
})

t.test('an entry whose optional peer is not installed fails only the file that asks for it', async (t) => {
  const folder = t.testdir({ 'a.ts': 'export default 1\n', 'b.ts': "export * from 'not-installed-anywhere/knex'\n" })
  const missing = async (): Promise<object> => { throw Object.assign(new Error("Cannot find package 'knex'"), { code: 'ERR_MODULE_NOT_FOUND' }) }
  const importModule = await createModuleImporter(folder, { 'not-installed-anywhere/knex': missing })
  t.match(await importModule(join(folder, 'a.ts')), { default: 1 })
  await t.rejects(importModule(join(folder, 'b.ts')), /not-installed-anywhere/)
})

t.test('any other fault of an entry is not hidden', async (t) => {
  await t.rejects(createModuleImporter('.', { broken: async () => { throw new SyntaxError('unexpected token') } }), /unexpected token/)
})
