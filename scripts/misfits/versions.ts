import { change, rename } from 'fastify-vintage'
import { buildHistory, historyOf } from '../../src/versioning/history.js'
import type { MisfitCase } from './case.js'

const renamed = change('tidier orders', 'Order', rename({ title: 'name' }))

/** What is wrong with version files themselves. */
export const versionCases: readonly MisfitCase[] = [
  { wrong: 'no versions', provoke: () => historyOf({}) },
  { wrong: 'a day that no calendar has', provoke: () => historyOf({ '2025-02-30': [] }) },
  { wrong: 'a version that is no date', provoke: () => historyOf({ v2: [] }) },
  { wrong: 'dates out of order', provoke: () => historyOf({ '2025-01-01': [], '2024-01-01': [] }) },
  { wrong: 'a date twice', provoke: () => buildHistory([{ version: '2024-01-01', parts: [{ source: '2024-01-01.ts', value: [] }] }, { version: '2024-01-01', parts: [{ source: '2024-01-01/orders.ts', value: [] }] }]) },
  { wrong: 'a change in the oldest version', provoke: () => historyOf({ '2024-01-01': renamed }) },
  { wrong: 'an export that is no change', provoke: () => buildHistory([{ version: '2024-01-01', parts: [{ source: '2024-01-01.ts', value: { rename: {} } }] }]) },
  { wrong: 'one change in two files', provoke: () => buildHistory([{ version: '2024-01-01', parts: [] }, { version: '2025-01-01', parts: [{ source: '2025-01-01/a.ts', value: renamed }, { source: '2025-01-01/b.ts', value: renamed }] }]) }
]
