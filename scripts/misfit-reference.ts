import { appCases } from './misfits/apps.js'
import type { MisfitCase } from './misfits/case.js'
import { fieldCases } from './misfits/fields.js'
import { internalFieldCases } from './misfits/internal-fields.js'
import { nameCases } from './misfits/names.js'
import { placeCases } from './misfits/places.js'
import { shapeCases } from './misfits/shapes.js'
import { valueCases } from './misfits/values.js'
import { versionCases } from './misfits/versions.js'

const INTRODUCTION = `# Misfits

<!-- written by \`node --import ./scripts/typescript.mjs scripts/generate-misfit-reference.ts\`, which runs into each of them; edits are lost -->

What stops the start because version files and schemas do not fit each other, with the text as it is printed. Each is one error with the
code \`FST_ERR_VINTAGE_MISFIT\` (uncovered routes: \`FST_ERR_VINTAGE_UNCOVERED_ROUTES\`) that names the file, the change and the remedy.
`

/** All cases by what they are about. */
export const misfitCases: ReadonlyMap<string, readonly MisfitCase[]> = new Map([
  ['Version files', versionCases],
  ['Names and references', nameCases],
  ['Fields', fieldCases],
  ['Values', valueCases],
  ['Shapes', shapeCases],
  ['Places and endpoints', placeCases],
  ['The app as a whole', appCases],
  ['Internal fields', internalFieldCases]
])

/** The page docs/reference/misfits.md, made by running into each misfit. */
export async function misfitReference (): Promise<string> {
  const parts = [INTRODUCTION]
  for (const [title, cases] of misfitCases) {
    parts.push(`\n## ${title}\n\n| what is wrong | message |\n|---|---|\n`)
    for (const one of cases) parts.push(`| ${one.wrong} | ${cellOf(await messageOf(one))} |\n`)
  }
  return parts.join('')
}

/** @throws Error when nothing stops the start, or something that is no error of ours */
async function messageOf ({ wrong, provoke }: MisfitCase): Promise<string> {
  const error: unknown = await Promise.resolve().then(provoke).then(() => undefined, (reason: unknown) => reason)
  if (!(error instanceof Error) || !('code' in error) || !/^FST_ERR_VINTAGE_(?:MISFIT|UNCOVERED_ROUTES)$/.test(String(error.code))) {
    throw new Error(`scripts/misfits: "${wrong}" is no misfit`, { cause: error })
  }
  return error.message
}

function cellOf (message: string): string {
  return message.replaceAll('|', '\\|').replaceAll('\n', ' ')
}
