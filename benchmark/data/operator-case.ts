import { answerQuestions } from '../harness/answer.js'
import { openOperator } from '../../src/data/operator.js'
import { loadMove } from './move.js'

// The program of an operator that backfills with default settings: node benchmark/data/operator-case.ts <url>

const [url = ''] = process.argv.slice(2)
let rows = 0
const operator = await openOperator({ connection: url, transitions: await loadMove(), strayWindowMs: 0, report: (event) => { if (event.type === 'backfill') rows = event.doneRows } })
let isDone = false

answerQuestions({
  begin () {
    operator.advance({ to: 'backfill' }).then(() => { isDone = true }, (error: unknown) => { throw error })
  },
  pause: async () => { await operator.pause() },
  resume: async () => { await operator.resume() },
  rows: () => rows,
  isDone: () => isDone ? 1 : 0
})
