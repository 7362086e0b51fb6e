import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A proxy on loopback before the server, that cuts and delays what goes through it. */
export interface Proxy {
  readonly port: number
  /** Cuts every connection at once, and takes no new one for a while. @returns how many were cut */
  cut (refuseMs: number): number
  /** Holds back what is sent, either way, for so long from now on; 0 ends it. */
  delay (byMs: number): void
  /** Chunks that were held back so far. */
  readonly delayed: number
  close (): Promise<void>
}

/** Starts a proxy to a port of this machine. */
export async function startProxy (serverPort: number): Promise<Proxy> {
  const sockets = new Set<Socket>()
  const state = { delayMs: 0, delayed: 0, refusesUntil: 0 }

  function pump (from: Socket, to: Socket): void {
    // what is held back stays in order, also when the delay ends meanwhile
    let tail = Promise.resolve()
    const after = (work: () => void): void => {
      const { delayMs } = state
      if (delayMs > 0) state.delayed++
      tail = tail.then(async () => { if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs)) }).then(work)
    }
    sockets.add(from)
    from.on('data', (chunk) => after(() => { to.write(chunk) }))
    from.on('end', () => after(() => { to.end() }))
    from.on('error', () => { to.destroy() })
    from.on('close', () => { sockets.delete(from); after(() => { to.destroy() }) })
  }

  const server = createServer((client) => {
    if (Date.now() < state.refusesUntil) {
      client.on('error', () => {}).resetAndDestroy()
      return
    }
    const upstream = connect(serverPort, '127.0.0.1')
    for (const socket of [client, upstream]) socket.setNoDelay(true)
    pump(client, upstream)
    pump(upstream, client)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: portOf(server.address()),
    cut (refuseMs) {
      state.refusesUntil = Date.now() + refuseMs
      const cut = sockets.size
      for (const socket of sockets) socket.resetAndDestroy()
      return cut
    },
    delay (byMs) { state.delayMs = byMs },
    get delayed () { return state.delayed },
    async close () {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    }
  }
}

function portOf (address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new TypeError('the proxy does not listen on a port')
  return address.port
}
