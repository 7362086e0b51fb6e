import { readFile } from 'node:fs/promises'
import t from 'tap'
import { misfitReference } from '../../scripts/misfit-reference.js'

const page = await readFile(new URL('../../docs/reference/misfits.md', import.meta.url), 'utf8')

t.test('A16 docs/reference/misfits.md has the texts of the sources, at least 25 of them', async (t) => {
  t.equal(page, misfitReference(), 'stale: run `node --import ./scripts/typescript.mjs scripts/generate-misfit-reference.ts`')
  t.ok((page.match(/^- /gm) ?? []).length >= 25)
})

t.test('A16 what operations, targets, twins, unions, dates and missing functions have to say is there', async (t) => {
  for (const text of [
    'brings back `‹taken›`, but that name is taken',
    'forgotten twin: ',
    'there is no schema `‹target›` at head',
    'a fragment holds the head schema',
    'a union at ‹place› holds a changed schema',
    'is not a date',
    'has no `‹direction›` function'
  ]) t.ok(page.includes(text), text)
})
