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
 * Starts a program of a case and waits until it is ready to answer.
 * @param options more options of Node
 * @param processor the one on which it is to run
 */
export async function startCase (program: URL, args: readonly string[], options: readonly string[] = [], processor?: number): Promise<CaseProcess> {
  const child = fork(program, args, { execArgv: [...NODE_OPTIONS, ...options], cwd: new URL('../..', import.meta.url) })
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
