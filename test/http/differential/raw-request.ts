import { connect } from 'node:net'

/** One request as it goes over the wire. */
export interface RawRequest {
  readonly name: string
  readonly method?: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  /** the body is sent in chunks, without a length */
  readonly chunked?: boolean
  readonly protocol?: 'HTTP/1.0' | 'HTTP/1.1'
}

/** What came back, byte for byte. */
export interface RawResponse { readonly status: string, readonly headers: ReadonlyMap<string, string>, readonly bytes: string }

/** Sends one request on a connection of its own and reads to its end. */
export async function sendRaw (port: number, { method = 'GET', url, headers = {}, body, chunked = false, protocol = 'HTTP/1.1' }: RawRequest): Promise<RawResponse> {
  const bytes = body === undefined ? Buffer.alloc(0) : Buffer.from(body)
  const length = body === undefined ? {} : chunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': String(bytes.length) }
  const lines = Object.entries({ host: 'a.example', connection: 'close', ...length, ...headers }).map(([name, value]) => `${name}: ${value}`)
  const head = `${method} ${url} ${protocol}\r\n${lines.join('\r\n')}\r\n\r\n`
  const sent = chunked ? [`${bytes.length.toString(16)}\r\n`, bytes, '\r\n0\r\n\r\n'] : [bytes]
  const chunks: Buffer[] = []
  await new Promise<void>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(Buffer.concat([Buffer.from(head), ...sent.map((part) => Buffer.from(part))])))
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('close', () => resolve())
    socket.on('error', (error: NodeJS.ErrnoException) => error.code === 'ECONNRESET' ? resolve() : reject(error))
  })
  return parse(Buffer.concat(chunks))
}

function parse (response: Buffer): RawResponse {
  const text = response.toString('latin1')
  const end = text.indexOf('\r\n\r\n')
  if (end === -1) return { status: text, headers: new Map(), bytes: '' }
  const [status = '', ...lines] = text.slice(0, end).split('\r\n')
  const headers = new Map<string, string>()
  for (const line of lines) {
    const [name = '', value = ''] = [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]
    headers.set(name, headers.has(name) ? `${headers.get(name)}\n${value}` : value)
  }
  return { status, headers, bytes: text.slice(end + 4) }
}
