import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { isRecord } from '../../src/versioning/json-schema.js'
import { pin } from './pin.js'

/** A process that runs one case and answers questions. */
export interface CaseProcess {
  /** @throws what the process threw, or when it ends */
  ask (question: string, argument?: number): Promise<unknown>
  /** @throws when the answer is no number */
  askNumber (question: string, argument?: number): Promise<number>
  close (): Promise<void>
}

/** Node's options for a case: TypeScript as in the tests, and a collector that can be called. */
const NODE_OPTIONS = ['--conditions=vintage-source', '--import=./scripts/typescript.mjs', '--expose-gc']

/**
 * More of Node's options, for a process that does the same for a long time. What helps the collector waits for itself, and
 * its waiting would be counted; the young generation has the size that load gives it in the end, since how early it gets
 * there differs between processes of the same program more than what is compared.
 */
export const STEADY = ['--single-threaded-gc', '--min-semi-space-size=16', '--max-semi-space-size=16']

/** What glibc has freed it keeps: pages that go and come back cost some processes of a program much and others nothing. */
const KEEP_MEMORY = { MALLOC_TRIM_THRESHOLD_: '268435456', MALLOC_TOP_PAD_: '16777216', MALLOC_MMAP_THRESHOLD_: '268435456' }

/**
 * Starts a program of a case and waits until it is ready to answer.
 * @param options more options of Node
 * @param processor the one on which it is to run
 */
export async function startCase (program: URL, args: readonly string[], options: readonly string[] = [], processor?: number): Promise<CaseProcess> {
  const child = fork(program, args, { execArgv: [...NODE_OPTIONS, ...options], cwd: new URL('../..', import.meta.url), env: { ...process.env, ...KEEP_MEMORY } })
  if (processor !== undefined) pin(child.pid, processor)
  await nextAnswer(child)
  const ask = async (question: string, argument = 0) => {
    child.send({ question, argument })
    return await nextAnswer(child)
  }
  return {
    ask,
    async askNumber (question, argument) {
      const answer = await ask(question, argument)
      if (typeof answer !== 'number') throw new TypeError(`the case answers \`${question}\` by ${String(answer)}: expected a number`)
      return answer
    },
    async close () {
      if (child.exitCode !== null) return
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    }
  }
}

function nextAnswer (child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      child.off('message', onMessage)
      child.off('exit', onExit)
    }
    const onMessage = (message: unknown) => {
      settle()
      if (isRecord(message) && 'error' in message) reject(new Error(String(message.error)))
      else resolve(isRecord(message) ? message.answer : undefined)
    }
    const onExit = (code: number | null) => {
      settle()
      reject(new Error(`a case has ended with ${code} before it answered`))
    }
    child.on('message', onMessage)
    child.on('exit', onExit)
  })
}
