// `node --import ./scripts/typescript.mjs file.ts` runs a file of TypeScript.
// jiti's default cache lies in a folder of the temporary folder that others could have made, and what stands in it is run.
process.env.JITI_FS_CACHE ??= 'false'
await import('jiti/register')
