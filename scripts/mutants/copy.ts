import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { ROOT, runCommand } from '../testing/command.js'

/** A copy of the repository as it lies on the disk, with the same node_modules. */
export interface Copy {
  readonly folder: string
  remove (): Promise<void>
}

/** Copies all files that git knows or would know. */
export async function copyRepository (): Promise<Copy> {
  const listed = await runCommand('git', ['ls-files', '--cached', '--others', '--exclude-standard'])
  if (listed.code !== 0) throw new Error(listed.output)
  const folder = await mkdtemp(join(tmpdir(), 'fastify-vintage-mutants-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    for (const file of listed.output.split('\n').filter((name) => name !== '')) {
      await mkdir(dirname(join(folder, file)), { recursive: true })
      // git lists what was deleted since as well
      await cp(join(ROOT, file), join(folder, file)).catch((error: NodeJS.ErrnoException) => { if (error.code !== 'ENOENT') throw error })
    }
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
    return { folder, remove }
  } catch (error) {
    await remove()
    throw error
  }
}
