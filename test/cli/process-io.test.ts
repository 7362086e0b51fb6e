import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import t from 'tap'
import { createProcessIo, type ProcessLike } from '../../src/cli/process-io.js'

class StandIn extends EventEmitter implements ProcessLike {
  readonly stdin: PassThrough & { readonly isTTY?: boolean }
  readonly stdout = new PassThrough()
  readonly stderr: PassThrough & { readonly isTTY?: boolean }
  readonly env = { DATABASE_URL: 'postgres://here' }

  constructor ({ stdin, stderr }: { stdin: boolean, stderr: boolean }) {
    super()
    this.stdin = Object.assign(new PassThrough(), stdin ? { isTTY: true } : {})
    this.stderr = Object.assign(new PassThrough(), stderr ? { isTTY: true } : {})
  }

  cwd (): string {
    return '/somewhere'
  }
}

t.test('the first Ctrl-C asks the command to stop, the second is left to the system', async (t) => {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    const process = new StandIn({ stdin: true, stderr: true })
    const io = createProcessIo(process)
    t.equal(io.signal.aborted, false)
    process.emit(signal)
    t.equal(io.signal.aborted, true)
    t.match(String(process.stderr.read()), /stopping after what is in hand/)
    t.equal(process.listenerCount(signal), 0)
  }
})

t.test('somebody sits at the terminal when both what is typed and what is told go there', async (t) => {
  t.equal(createProcessIo(new StandIn({ stdin: true, stderr: true })).isTTY, true)
  t.equal(createProcessIo(new StandIn({ stdin: true, stderr: false })).isTTY, false)
  t.equal(createProcessIo(new StandIn({ stdin: false, stderr: true })).isTTY, false)
})

t.test('folder, environment and streams are those of the process', async (t) => {
  const process = new StandIn({ stdin: false, stderr: false })
  const { cwd, env, stdin, stdout, stderr } = createProcessIo(process)
  t.equal(cwd, '/somewhere')
  t.equal(env.DATABASE_URL, 'postgres://here')
  t.ok(stdin === process.stdin && stdout === process.stdout && stderr === process.stderr)
})
