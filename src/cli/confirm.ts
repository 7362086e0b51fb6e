import { createInterface } from 'node:readline/promises'
import { AbortedError, CancelledError, UsageError } from '../errors.js'
import type { Io } from './io.js'

/**
 * Asks the person at the terminal whether to go on; anything but `y` or `yes` is a no.
 * @param consequence what would happen, as a sentence
 * @param yes `--yes` was given: nobody is asked
 * @throws FST_ERR_VINTAGE_USAGE without `--yes` where there is no terminal to ask on
 * @throws FST_ERR_VINTAGE_CANCELLED when the answer is no
 * @throws FST_ERR_VINTAGE_ABORTED on Ctrl-C, which a terminal that is being read from gives as a key
 */
export async function confirm (io: Io, consequence: string, yes: boolean): Promise<void> {
  if (yes) return
  if (!io.isTTY) throw new UsageError(`${consequence} There is no terminal to ask on: give \`--yes\` to confirm.`)
  const answer = await ask(io, `${consequence} Go on? (y/N) `)
  if (!/^y(es)?$/i.test(answer.trim())) throw new CancelledError('Not confirmed: nothing was changed.')
}

/** The line that was typed; an end of input counts as an empty one. */
async function ask (io: Io, question: string): Promise<string> {
  const prompt = createInterface({ input: io.stdin, output: io.stderr })
  try {
    const ended = new Promise<string>((resolve, reject) => {
      prompt.once('SIGINT', () => reject(new AbortedError('stopped at the question: nothing was changed'))).once('close', () => resolve(''))
    })
    return await Promise.race([prompt.question(question, { signal: io.signal }), ended])
  } finally {
    prompt.close()
  }
}
