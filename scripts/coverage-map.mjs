import { readdirSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const sources = readdirSync(join(root, 'src'), { recursive: true })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => join('src', file))

// These run what was built, or what others cover; to count costs a fifth of their time.
const UNCOUNTED = /-(?:proof|start|fuzz|embedded-server)\.mjs$/

// Every other test may cover every file of src, and only those: the gate is about what is published.
export default (file) => UNCOUNTED.test(file) ? null : sources
