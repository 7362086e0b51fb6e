import { fork } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { claimOwnership, readOwner } from '../../scripts/postgres/owner.js'

const ROUNDS = 24
const ENDED = JSON.stringify({ pid: 2 ** 22 + 1, startedAt: '1' })

async function makeFolder (t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fastify-vintage-owner-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}

t.test('a folder whose owner has ended goes to exactly one of those who claim it at once', async (t) => {
  const folder = await makeFolder(t)
  const claimants = Array.from({ length: 3 }, () => fork(join(import.meta.dirname, 'fixtures', 'claim.ts'), { execArgv: ['--import', './scripts/typescript.mjs'] }))
  t.teardown(() => { for (const child of claimants) child.kill('SIGKILL') })
  await Promise.all(claimants.map((child) => once(child, 'message')))
  const owners: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const place = join(folder, String(round))
    await mkdir(place)
    const file = join(place, 'owner.json')
    await writeFile(file, ENDED)
    // Somebody has been killed while taking over before.
    if (round % 3 === 0) await writeFile(`${file}.next`, ENDED)
    const answers = await Promise.all(claimants.map(async (child) => {
      child.send(file)
      return (await once(child, 'message'))[0]
    }))
    owners.push(answers.filter((answer) => answer === true).length)
    t.same(await readdir(place), ['owner.json'])
  }
  t.same(owners, Array.from({ length: ROUNDS }, () => 1))
})

t.test('a folder that we own already is not given to us twice', async (t) => {
  const file = join(await makeFolder(t), 'owner.json')
  t.equal(await claimOwnership(file), null)
  t.match(await claimOwnership(file), { pid: process.pid })
})

t.test('the owner of a folder does not own a copy of it', async (t) => {
  const [folder, copy] = [await makeFolder(t), await makeFolder(t)]
  await claimOwnership(join(folder, 'owner.json'))
  await copyFile(join(folder, 'owner.json'), join(copy, 'owner.json'))
  t.equal(await readOwner(join(copy, 'owner.json')), null)
  t.equal(await claimOwnership(join(copy, 'owner.json')), null)
})

t.test('where no hard link can be made the claim is refused in one sentence', async (t) => {
  const file = join(await makeFolder(t), 'x'.repeat(300))
  await t.rejects(claimOwnership(file), { name: 'SetupError', message: /cannot be made as a hard link \(.*ENAMETOOLONG.*\): move the clone/ })
})
