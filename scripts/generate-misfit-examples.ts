import { writeFile } from 'node:fs/promises'
import { misfitExamples } from './misfit-examples.js'

await writeFile(new URL('../docs/reference/misfit-examples.md', import.meta.url), await misfitExamples())
