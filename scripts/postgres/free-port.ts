import { createServer } from 'node:net'

/** @returns `port` (0: any) if it can be listened to on `host` now, else null */
export async function tryPort (port: number, host: string): Promise<number | null> {
  return await new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(null)
      else reject(error)
    })
    server.listen({ port, host }, () => {
      const address = server.address()
      const found = typeof address === 'object' && address !== null ? address.port : port
      server.close(() => { resolve(found) })
    })
  })
}

/** @returns `preferred` when it is free on loopback, else a port that the system chooses */
export async function freePort (preferred?: number): Promise<number> {
  const found = preferred === undefined ? null : await tryPort(preferred, '127.0.0.1').catch(() => null)
  return found ?? await tryPort(0, '127.0.0.1') ?? 0
}
