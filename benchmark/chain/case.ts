import { answerQuestions, cpuMicrosSince } from '../harness/answer.js'
import { readBehind, type Operate } from './hand-written.js'
import { bodyOperation, listOperation, type Doer } from './operations.js'

// The program of one case: node benchmark/chain/case.ts list composed derivable 50

const [what, who, history, distance] = process.argv.slice(2)
const doer: Doer = who === 'composed' || who === 'copy-and-delete' ? who : 'by-hand'
const kind = history === 'functions' ? 'functions' : 'derivable'
const operate: Operate = (what === 'list' ? listOperation : bodyOperation)(doer, kind, readBehind(distance))

/** What was made last escapes to here, so that making it cannot be left out. */
const kept: { value: unknown } = { value: undefined }

function run (count: number): { cpuMicros: number, wallMs: number } {
  const began = process.cpuUsage()
  const beganMs = performance.now()
  for (let turn = 0; turn < count; turn++) kept.value = operate(turn)
  return { cpuMicros: cpuMicrosSince(began), wallMs: performance.now() - beganMs }
}

/** Bytes where the operation gives bytes; the fields of an object in one order, as their order says nothing. */
function output (): string {
  return Array.from({ length: 20 }, (_, turn) => {
    const made = operate(turn)
    return typeof made === 'string' ? made : JSON.stringify(Object.entries(Object(made)).sort(([a], [b]) => a < b ? -1 : 1))
  }).join('\n')
}

answerQuestions({ run, output })
