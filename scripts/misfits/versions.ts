import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { change, rename } from 'fastify-vintage'
import { buildHistory, historyOf } from '../../src/versioning/history.js'
import { loadHistory } from '../../src/versioning/load.js'
import type { MisfitCase } from './case.js'

const renamed = change('tidier orders', 'Order', rename({ title: 'name' }))

/** Loads a folder that holds one file, which gives this module or fails to. */
async function load (file: string, importModule: () => Promise<unknown>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'vintage-'))
  try {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), '')
    await loadHistory(folder, { importModule })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What is wrong with version files themselves. */
export const versionCases: readonly MisfitCase[] = [
  { wrong: 'no versions', provoke: () => historyOf({}) },
  { wrong: 'a day that no calendar has', provoke: () => historyOf({ '2025-02-30': [] }) },
  { wrong: 'a version that is no date', provoke: () => historyOf({ v2: [] }) },
  { wrong: 'dates out of order', provoke: () => historyOf({ '2025-01-01': [], '2024-01-01': [] }) },
  { wrong: 'a date twice', provoke: () => buildHistory([{ version: '2024-01-01', parts: [{ source: '2024-01-01.ts', value: [] }] }, { version: '2024-01-01', parts: [{ source: '2024-01-01/orders.ts', value: [] }] }]) },
  { wrong: 'a change in the oldest version', provoke: () => historyOf({ '2024-01-01': renamed }) },
  { wrong: 'an export that is no change', provoke: () => buildHistory([{ version: '2024-01-01', parts: [{ source: '2024-01-01.ts', value: { rename: {} } }] }]) },
  { wrong: 'a folder that is not there', provoke: () => loadHistory('src/versoins') },
  { wrong: 'a file that no date names', provoke: () => load('orders.ts', async () => ({})) },
  { wrong: 'a folder that no date names', provoke: () => load('drafts/orders.ts', async () => ({})) },
  { wrong: 'several exports', provoke: () => load('2025-01-01.ts', async () => ({ renamed, again: { ...renamed } })) },
  { wrong: 'a file that does not load', provoke: () => load('2025-01-01.ts', async () => { throw new SyntaxError('Unexpected token') }) },
  { wrong: 'one change in two files', provoke: () => buildHistory([{ version: '2024-01-01', parts: [] }, { version: '2025-01-01', parts: [{ source: '2025-01-01/a.ts', value: renamed }, { source: '2025-01-01/b.ts', value: renamed }] }]) }
]
