import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { sharedFolderIn } from '../../scripts/postgres/shared-folder.js'

t.test('a folder whose name somebody else has taken is replaced by another one, always the same', async (t) => {
  const parent = await mkdtemp(join(tmpdir(), 'fastify-vintage-shared-'))
  t.teardown(() => rm(parent, { recursive: true, force: true }))
  const taken = join(parent, `fastify-vintage-${process.getuid?.() ?? 'user'}`)
  await mkdir(taken)
  await chmod(taken, 0o777)
  const folder = await sharedFolderIn(parent)
  t.not(folder, taken)
  t.equal(await sharedFolderIn(parent), folder)
})
