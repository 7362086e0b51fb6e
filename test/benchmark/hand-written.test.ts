import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { BEHIND } from '../../benchmark/chain/hand-written.js'
import { bodyOperation, listOperation } from '../../benchmark/chain/operations.js'

const FOLDER = join(import.meta.dirname, '..', '..', 'benchmark', 'hand-written')

t.test('the mappings written by hand are object literals in a loop: no spread, no delete, no JSON', async (t) => {
  const files = readdirSync(FOLDER)
  t.equal(files.length, 8)
  for (const file of files) {
    const text = readFileSync(join(FOLDER, file), 'utf8')
    t.notMatch(text, /\.\.\.|\bdelete\b|\bJSON\b|Object\.|Reflect|\.map\(|structuredClone/, file)
    t.match(text, /for \(const row of rows\) \{/, file)
    t.match(text, /list\.push\(\{/, file)
  }
})

for (const kind of ['derivable', 'functions'] as const) {
  t.test(`what is written by hand gives the bytes of the composed chain, with ${kind === 'functions' ? 'functions' : 'derivable operations'}`, async (t) => {
    for (const behind of BEHIND) {
      const text = listOperation('by-hand', kind, behind)(0)
      t.equal(listOperation('composed', kind, behind)(0), text, `20 rows, ${behind} behind`)
      t.equal(listOperation('copy-and-delete', kind, behind)(0), text, `a chain of copies and deletes, ${behind} behind`)
      const [composed, byHand] = [bodyOperation('composed', kind, behind), bodyOperation('by-hand', kind, behind)]
      for (let turn = 0; turn < 20; turn++) t.same(composed(turn), byHand(turn), `body ${turn}, ${behind} behind`)
    }
  })
}
