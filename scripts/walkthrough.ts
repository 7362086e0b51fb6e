import { spawn, type ChildProcess } from 'node:child_process'
import { connect } from 'node:net'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { ROOT, runCommand } from './testing/command.js'

// Does what the README says under "Add a version", word for word, in a fresh clone in an empty folder.
const README = join(ROOT, 'README.md')
const BLOCK = /<!-- walkthrough -->\n```sh\n(.*?)```/gs
const READY = 'the shop answers at'
const DATABASE = /the database is at [^ :]+:(\d+)/

/** `curl … # placed_at`: the command, and the field that its answer must have. */
const CURL = /^(?<command>curl .+?)\s+# (?<field>\w+)$/
const FIELDS = ['created', 'created_at', 'placed_at']

interface Outcome { passed: number, failed: number }

interface Shop { readonly child: ChildProcess, readonly databasePort: number }

/** Runs one block of the README as a person would paste it; `npm start` stays in the foreground of its own terminal. */
async function runBlock (block: string, folder: string, outcome: Outcome): Promise<Shop | null> {
  const lines = block.trimEnd()
  if (lines.includes('curl ')) {
    for (const line of lines.split('\n')) await askAndCompare(line, folder, outcome)
    return null
  }
  const before = lines.replace(/^npm start$/m, '')
  const { code, output } = await runCommand('bash', ['-euo', 'pipefail', '-c', before], { cwd: folder })
  tell(outcome, code === 0, before.trim().split('\n').join(' ⏎ '), output)
  return before === lines ? null : await startShop(folder, outcome)
}

async function askAndCompare (line: string, folder: string, outcome: Outcome): Promise<void> {
  const found = CURL.exec(line)?.groups
  if (found?.command === undefined || found.field === undefined) throw new Error(`not a curl line with a field behind it: ${line}`)
  const { output } = await runCommand('bash', ['-c', found.command], { cwd: folder })
  const shown = FIELDS.filter((field) => output.includes(`"${field}":`) && fieldsOfOrder(output).includes(field))
  tell(outcome, shown.length === 1 && shown[0] === found.field, `${found.command} shows ${found.field}`, output)
}

/** The order's own fields; its user has a `created_at` too. */
function fieldsOfOrder (output: string): string[] {
  const order: unknown = JSON.parse(output.trim())
  return typeof order === 'object' && order !== null ? Object.keys(order) : []
}

async function startShop (folder: string, outcome: Outcome): Promise<Shop> {
  const child = spawn('npm', ['start'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const lines: string[] = []
  const ready = await new Promise<boolean>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line)
        if (line.includes(READY)) resolve(true)
      })
    }
    child.once('close', () => { resolve(false) })
  })
  tell(outcome, ready, 'npm start', lines.join('\n'))
  return { child, databasePort: Number(lines.map((line) => DATABASE.exec(line)?.[1]).find(Boolean)) }
}

/** Ctrl-C goes to the whole group, as a terminal sends it; npm itself then ends by that signal. */
async function stopShop ({ child, databasePort }: Shop, outcome: Outcome): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return
  const listened = await isListening(databasePort)
  const ended = new Promise<string>((resolve) => { child.once('close', (code, signal) => { resolve(String(code ?? signal)) }) })
  process.kill(-child.pid, 'SIGINT')
  const how = await ended
  const stopped = ['0', '130', 'SIGINT'].includes(how) && listened && !await isListening(databasePort)
  tell(outcome, stopped, 'Ctrl-C stops the shop and its Postgres', `npm start ended with ${how}, its Postgres listened on ${databasePort}`)
}

function isListening (port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => { socket.destroy(); resolve(true) })
    socket.once('error', () => { resolve(false) })
  })
}

function tell (outcome: Outcome, passed: boolean, what: string, details: string): void {
  console.log(`${passed ? '✔' : '✖'} ${what}`)
  if (passed) outcome.passed++
  else {
    outcome.failed++
    console.log(details)
  }
}

async function main (): Promise<Outcome> {
  const outcome: Outcome = { passed: 0, failed: 0 }
  const parent = await mkdtemp(join(tmpdir(), 'fastify-vintage-walkthrough-'))
  const folder = join(parent, 'clone')
  let shop: Shop | null = null
  try {
    const cloned = await runCommand('git', ['clone', '--quiet', '--no-hardlinks', ROOT, folder])
    if (cloned.code !== 0) throw new Error(cloned.output)
    const blocks = [...(await readFile(README, 'utf8')).matchAll(BLOCK)].map(([, block]) => block ?? '')
    if (blocks.length === 0) throw new Error('the README has no walkthrough')
    for (const block of blocks) shop = await runBlock(block, folder, outcome) ?? shop
  } finally {
    if (shop !== null) await stopShop(shop, outcome)
    await rm(parent, { recursive: true, force: true })
  }
  return outcome
}

const { passed, failed } = await main()
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1
