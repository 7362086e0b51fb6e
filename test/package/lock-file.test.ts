import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

const read = (name: string) => readFileSync(join(import.meta.dirname, '..', '..', name), 'utf8')

t.test('the lock file names no registry host', async (t) => {
  const { packages } = JSON.parse(read('package-lock.json'))
  t.ok(Object.keys(packages).length > 100)
  for (const [path, entry] of Object.entries<Record<string, unknown>>(packages)) {
    if (entry.resolved !== undefined) t.fail(`${path} is resolved to ${String(entry.resolved)}`)
  }
})

t.test('every dependency is pinned to one version, and peers are ranges', async (t) => {
  const { dependencies, devDependencies, peerDependencies } = JSON.parse(read('package.json'))
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) t.match(version, /^(?:npm:[\w-]+@)?\d+\.\d+\.\d+(?:-[\w.]+)?$/, name)
  for (const [name, range] of Object.entries(peerDependencies)) t.match(range, /^\^/, name)
})
