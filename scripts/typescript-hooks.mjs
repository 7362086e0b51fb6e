import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What was erased once is kept: loading the compiler costs each process more than most of them do. */
const CACHE = join(import.meta.dirname, '..', 'node_modules', '.cache', 'fastify-vintage', 'typescript')

/** `./x.js` in a file of TypeScript means `./x.ts` where no `.js` is there. */
export async function resolve (specifier, context, nextResolve) {
  try {
    return await nextResolve(specifier, context)
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND' || !/^(?:\.{0,2}\/|file:).*\.js$/.test(specifier)) throw error
    return await nextResolve(specifier.replace(/\.js$/, '.ts'), context)
  }
}

/** Types are erased, file by file; dependencies stay as they are. */
export async function load (url, context, nextLoad) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return await nextLoad(url, context)
  const fileName = fileURLToPath(url)
  const text = await readFile(fileName, 'utf8')
  const kept = join(CACHE, `${createHash('sha256').update(fileName).update('\0').update(text).digest('hex')}.js`)
  return { format: 'module', source: await readFile(kept, 'utf8').catch(() => eraseTypes(fileName, text, kept)), shortCircuit: true }
}

async function eraseTypes (fileName, text, kept) {
  const { default: ts } = await import('typescript')
  const { outputText } = ts.transpileModule(text, {
    fileName,
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023, verbatimModuleSyntax: true, inlineSourceMap: true }
  })
  // another process may be at the same file; a clone that cannot be written to does without
  const part = `${kept}.${process.pid}`
  await mkdir(dirname(kept), { recursive: true }).then(() => writeFile(part, outputText)).then(() => rename(part, kept)).catch(() => {})
  return outputText
}
