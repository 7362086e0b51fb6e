import { writeFile } from 'node:fs/promises'
import type { Catalogue } from '../../versioning/lock/catalogue.js'
import { checkLock, lockToday, type Alteration, type LockVerdict } from '../../versioning/lock/check-lock.js'
import { parseLock, printLock, type Lock } from '../../versioning/lock/lock-file.js'
import type { LoadedConfig } from '../load-config.js'
import { pathBesideVersions, readIfThere } from './beside-versions.js'
import type { Problem } from './problem.js'

/** The lock of contracts beside the contracts of today. */
export interface LockState {
  /** path of `contract.lock.json` */
  readonly file: string
  /** as it was read; undefined when there is none */
  readonly text: string | undefined
  readonly verdict: LockVerdict
  /** the lock that holds all as it is today */
  readonly today: Lock
}

/**
 * Reads the lock and compares it with what is derived today.
 *
 * @throws FST_ERR_VINTAGE_LOCK when the file is no lock
 */
export async function readLock (config: LoadedConfig, catalogue: Catalogue): Promise<LockState> {
  const file = pathBesideVersions(config, 'contract.lock.json')
  const text = await readIfThere(file)
  return { file, text, verdict: checkLock(text === undefined ? new Map() : parseLock(text, file), catalogue), today: lockToday(catalogue) }
}

/** What is wrong with the lock, where it is not being written. */
export function lockProblems ({ file, text, verdict }: LockState): Problem[] {
  if (text === undefined) return [{ kind: 'lock', alteration: null, message: `there is no ${file}, so nothing holds the released contracts: \`vintage check --update\` writes it, and it belongs into version control` }]
  const behind = verdict.additions.length === 0 ? [] : [`${file} does not hold ${listed(verdict.additions)} yet: run \`vintage check --update\``]
  return [
    ...verdict.alterations.map((alteration): Problem => ({ kind: 'lock', alteration, message: describeAlteration(alteration) })),
    ...behind.map((message): Problem => ({ kind: 'lock', alteration: null, message }))
  ]
}

const shown = 5

function listed (additions: readonly string[]): string {
  return additions.length <= shown ? additions.join(', ') : `${additions.slice(0, shown).join(', ')} and ${additions.length - shown} more`
}

/** An alteration of a released contract, and the ways out. */
export function describeAlteration ({ version, name, field, what, files }: Alteration): string {
  const subject = `the contract of ${version} is altered: \`${name}\`${field === '' ? '' : ` \`${field}\``} ${what}.`
  const missing = `add one, such as \`versions/<date>/${fileStemOf(name)}.ts\` (\`vintage new "…" --schema ${name}\`)`
  return files.length === 0
    ? `${subject} Head was edited, and no version file says so: ${missing}, or take the edit back`
    : `${subject} It follows from ${files.join(', ')}, which may have been edited after the release or not say all; or head was edited, and no version file says so: ${missing}, or take the edit back`
}

function fileStemOf (name: string): string {
  return name.replaceAll(/([a-z])([A-Z])/g, '$1-$2').replaceAll(/[^A-Za-z0-9]+/g, '-').replaceAll(/^-|-$/g, '').toLowerCase()
}

/**
 * Writes the lock.
 *
 * @param rewrite take alterations of released contracts over as well
 * @returns what was added or altered, as lines
 */
export async function writeLock ({ file, text, verdict, today }: LockState, rewrite: boolean): Promise<string[]> {
  const next = printLock(rewrite ? today : verdict.extended)
  if (next !== text) await writeFile(file, next)
  const altered = verdict.alterations.map(({ version, name, field, what }) => `~ ${version} ${[name, field].filter(Boolean).join(' ')}: ${what}`)
  return [...verdict.additions.map((addition) => `+ ${addition}`), ...(rewrite ? altered : [])]
}
