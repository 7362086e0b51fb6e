import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** What changes something; reads and settings are no sub-steps. */
const SUB_STEP = /^\s*(?:alter|analyze|commit|create|delete|drop|grant|insert|lock|merge|revoke|truncate|update|validate)\b/i

/** Between an operator and the server; it cuts every connection just before a sub-step reaches the server, for good. */
export interface CuttingProxy {
  readonly url: string
  /** the sub-steps that have reached the server */
  readonly passed: readonly string[]
  /** whether it has cut, and the sub-step that never reached the server */
  readonly cutBefore: string | undefined
  /** ports by which the server knows its connections */
  readonly ports: readonly number[]
  close (): Promise<void>
}

/**
 * @param target the server
 * @param passes sub-steps that are let through
 * @param onCut told once, at the cut
 */
export async function startCuttingProxy (target: URL, passes: number, onCut: () => void): Promise<CuttingProxy> {
  const passed: string[] = []
  const ports: number[] = []
  const sockets = new Set<Socket>()
  let cutBefore: string | undefined
  const mayPass = (statement: string): boolean => {
    if (cutBefore !== undefined) return false
    if (!SUB_STEP.test(statement)) return true
    if (passed.length < passes) return passed.push(statement) > 0
    cutBefore = statement
    return false
  }
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
    server.close()
    onCut()
  }
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname)
    upstream.on('connect', () => ports.push(Number(upstream.localPort)))
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.setNoDelay()
      socket.on('error', () => {}).on('close', () => { client.destroy(); upstream.destroy() })
    }
    upstream.pipe(client)
    let left = Buffer.alloc(0)
    let isStarted = false
    client.on('data', (chunk: Buffer) => {
      left = Buffer.concat([left, chunk])
      for (let size = sizeOf(left, isStarted); size !== undefined && left.length >= size; size = sizeOf(left, isStarted)) {
        const message = left.subarray(0, size)
        left = left.subarray(size)
        if (isStarted && !mayPass(statementOf(message))) return cut()
        isStarted = true
        upstream.write(message)
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: urlOf(target, server.address()),
    passed,
    ports,
    get cutBefore () { return cutBefore },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    }
  }
}

/** Of the first message in the buffer; the one that begins a connection has no letter before its length. */
function sizeOf (buffer: Buffer, isStarted: boolean): number | undefined {
  const at = isStarted ? 1 : 0
  return buffer.length < at + 4 ? undefined : at + buffer.readUInt32BE(at)
}

/** Of a Query or Parse message; empty for any other. */
function statementOf (message: Buffer): string {
  const [type, texts] = [message.toString('latin1', 0, 1), message.toString('utf8', 5).split('\0')]
  return (type === 'Q' ? texts[0] : type === 'P' ? texts[1] : undefined) ?? ''
}

function urlOf (target: URL, address: AddressInfo | string | null): string {
  const url = new URL(target)
  if (typeof address === 'object' && address !== null) url.host = `127.0.0.1:${address.port}`
  return url.href
}
