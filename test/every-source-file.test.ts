import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

const SRC = join(import.meta.dirname, '..', 'src')

/** A program runs when it is loaded; a test of its own starts it. */
const isProgram = (file: string) => readFileSync(file, 'utf8').startsWith('#!')

t.test('every file of src can be loaded by itself, so that one which no test reaches still counts for the coverage', async (t) => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
  t.ok(files.length > 20, 'src was found')
  for (const file of files.map((name) => join(SRC, name)).filter((file) => !isProgram(file))) {
    await t.resolves(import(file), file.slice(SRC.length + 1))
  }
})
