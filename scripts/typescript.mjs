import { register } from 'node:module'

// `node --import ./scripts/typescript.mjs file.ts` runs TypeScript on any Node that we support.
register('./typescript-hooks.mjs', import.meta.url)
