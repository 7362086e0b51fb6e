import { readFile } from 'node:fs/promises'
import t from 'tap'
import { errorReference } from '../scripts/error-reference.js'
import * as errors from '../src/errors.js'

t.test('every error has a code of its own, in the plugin\'s form', async (t) => {
  const codes = Object.values(errors).map((VintageError) => new VintageError().code)
  t.equal(new Set(codes).size, codes.length, 'no code is used twice')
  t.strictSame(codes.filter((code) => !/^FST_ERR_VINTAGE_[A-Z_]+$/.test(code)), [])
})

t.test('docs/reference/errors.md lists the errors of the code', async (t) => {
  const page = await readFile(new URL('../docs/reference/errors.md', import.meta.url), 'utf8')
  t.equal(page, errorReference(), 'run: node --import ./scripts/typescript.mjs scripts/generate-error-reference.ts')
})
