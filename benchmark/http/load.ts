import { Pool } from 'undici'

/** A request that is sent again and again. */
export interface LoadRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** What a number of requests took. */
export interface LoadResult {
  readonly wallMs: number
  /** one for each */
  readonly latenciesMs: readonly number[]
}

/** Ten connections to a server, open as long as this is. */
export interface Load {
  /**
   * Sends a number of requests, on each connection one as soon as the one before is answered.
   * @throws when an answer is not 2xx, or a connection fails
   */
  send (amount: number): Promise<LoadResult>
  close (): Promise<void>
}

const CONNECTIONS = 10

/** Opens the connections with the first requests, and keeps them: what a connection costs is not what is compared. */
export function openLoad (port: number, { method, path, headers, body }: LoadRequest): Load {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: CONNECTIONS, pipelining: 1 })
  const sendOne = async (): Promise<number> => {
    const began = performance.now()
    const answer = await pool.request({ method, path, headers: { ...headers }, ...(body === undefined ? {} : { body }) })
    await answer.body.dump()
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: the answer is a ${answer.statusCode}`)
    return performance.now() - began
  }
  return {
    async send (amount) {
      const latenciesMs: number[] = []
      let left = amount
      const began = performance.now()
      await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
        while (left-- > 0) latenciesMs.push(await sendOne())
      }))
      return { wallMs: performance.now() - began, latenciesMs }
    },
    close: async () => await pool.close()
  }
}
