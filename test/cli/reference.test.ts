import { readFile } from 'node:fs/promises'
import t from 'tap'
import { cliReference } from '../../scripts/cli-reference.js'

t.test('docs/reference/cli.md is what the definitions of the commands say', async (t) => {
  const page = await readFile(new URL('../../docs/reference/cli.md', import.meta.url), 'utf8')
  t.equal(page, cliReference(), 'stale: run `node --import ./scripts/typescript.mjs scripts/generate-cli-reference.ts`')
})

t.test('each command has its usage and an example', async (t) => {
  const page = cliReference()
  for (const command of ['new', 'check', 'migrate', 'status', 'advance', 'verify', 'rollback']) {
    t.match(page, `## vintage ${command}\n`)
    t.match(page, new RegExp(`\`\`\`sh\\nvintage ${command}`))
  }
})
