import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/** A request that is due at its time, whether those before are answered or not. */
export interface DueRequest {
  readonly method: 'GET' | 'PATCH'
  readonly path: string
  readonly body?: string
}

/**
 * Sends requests at a steady rate. @returns ms from when each was due until its answer was there
 * @throws when an answer is not 2xx
 */
export async function sendOpenLoop (port: number, perSecond: number, lastsMs: number, requestOf: (turn: number) => DueRequest): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 100 })
  const latencies: number[] = []
  const began = performance.now()
  const send = async (turn: number) => {
    await answerTo(agent, port, requestOf(turn))
    latencies.push(performance.now() - began - turn * 1000 / perSecond)
  }
  const underWay: Array<Promise<void>> = []
  const count = Math.round(lastsMs / 1000 * perSecond)
  for (let turn = 0; turn < count;) {
    for (; turn < count && turn * 1000 / perSecond <= performance.now() - began; turn++) underWay.push(send(turn))
    await sleep(1)
  }
  try {
    await Promise.all(underWay)
  } finally {
    agent.destroy()
  }
  return latencies
}

async function answerTo (agent: Agent, port: number, { method, path, body }: DueRequest): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const sent = request({ agent, host: '127.0.0.1', port, method, path, headers: body === undefined ? {} : { 'content-type': 'application/json' } }, (answer) => {
      answer.resume()
      answer.once('error', reject)
      answer.once('end', () => {
        if (answer.statusCode === 200) resolve()
        else reject(new Error(`${method} ${path} is answered by ${answer.statusCode}`))
      })
    })
    sent.once('error', reject)
    sent.end(body)
  })
}
