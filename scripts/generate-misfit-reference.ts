import { writeFile } from 'node:fs/promises'
import { misfitReference } from './misfit-reference.js'

await writeFile(new URL('../docs/reference/misfits.md', import.meta.url), await misfitReference())
