import { readFile, writeFile } from 'node:fs/promises'
import { optionsPage } from './options-reference.js'

const page = new URL('../docs/reference/options.md', import.meta.url)

await writeFile(page, optionsPage(await readFile(page, 'utf8')))
