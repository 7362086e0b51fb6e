import t from 'tap'
import { runCli } from './run-cli.js'

t.test('--help lists the commands and the exit codes, on stdout', async (t) => {
  const { exitCode, stdout, stderr } = await runCli(['--help'], { cwd: '.' })
  t.equal(exitCode, 0)
  t.equal(stderr, '')
  for (const command of ['new', 'check', 'migrate', 'status', 'advance', 'verify', 'rollback']) t.match(stdout, new RegExp(`^ {2}${command} `, 'm'))
  t.match(stdout, /Exit codes:\n {2}0 {4}done/)
})

t.test('the help of a command has examples, and the options that every command takes', async (t) => {
  const { exitCode, stdout } = await runCli(['advance', '--help'], { cwd: '.' })
  t.equal(exitCode, 0)
  t.match(stdout, /Global Options:\n {2}--config <file>/)
  t.match(stdout, /Examples:\n {2}vintage advance\n/)
})

t.test('a command line that cannot be read is exit code 2, and says why on stderr', async (t) => {
  const wrong: [argv: string[], said: RegExp][] = [
    [[], /Usage: vintage/],
    [['advanse'], /unknown command 'advanse'.*advance/s],
    [['status', '--fast'], /unknown option '--fast'/],
    [['status', 'users'], /too many arguments/],
    [['new'], /missing required argument 'description'/],
    [['rollback'], /required option '--to <phase>' not specified/],
    [['rollback', '--to', 'yesterday'], /Allowed choices are expand, dual-write/],
    [['advance', '--wait', 'long'], /A number of seconds is wanted/],
    [['advance', '--wait', '-1'], /A number of seconds is wanted/],
    [['advance', '--wait', ''], /A number of seconds is wanted/],
    [['advance', '--batch-rows', '0'], /A whole number above zero is wanted/],
    [['advance', '--lock-deadline', '1.5'], /A whole number above zero is wanted/]
  ]
  for (const [argv, said] of wrong) {
    const { exitCode, stdout, stderr } = await runCli(argv, { cwd: '.' })
    t.equal(exitCode, 2, argv.join(' '))
    t.equal(stdout, '')
    t.match(stderr, said)
  }
})

t.test('with --json a command line that cannot be read is a document too', async (t) => {
  const { exitCode, stdout, stderr } = await runCli(['status', '--fast', '--json'], { cwd: '.' })
  t.equal(exitCode, 2)
  t.match(JSON.parse(stdout), { exitCode: 2, error: { message: /unknown option '--fast'/ } })
  t.match(stderr, /unknown option/)
})

t.test('a folder without a config is exit code 2', async (t) => {
  const cwd = t.testdir({})
  t.match(await runCli(['status'], { cwd }), { exitCode: 2, stdout: '', stderr: /^error There is no vintage\.config\.ts.*\n {2}code: FST_ERR_VINTAGE_CONFIG\n$/s })
  t.match(JSON.parse((await runCli(['check', '--json'], { cwd })).stdout), { exitCode: 2, error: { code: 'FST_ERR_VINTAGE_CONFIG' } })
})

t.test('colours are for terminals, and not where NO_COLOR is set', async (t) => {
  const cwd = t.testdir({})
  const red = '\u001B[31merror'
  t.ok((await runCli(['status'], { cwd, typed: '' })).stderr.startsWith(red))
  t.notOk((await runCli(['status'], { cwd, typed: '', env: { NO_COLOR: '1' } })).stderr.startsWith(red))
  t.ok((await runCli(['status'], { cwd, typed: '', env: { NO_COLOR: '' } })).stderr.startsWith(red))
  t.notOk((await runCli(['status'], { cwd })).stderr.startsWith(red))
})

t.test('an error that has nothing to do with Ctrl-C is told as what it is, also after it', async (t) => {
  const cwd = t.testdir({})
  const { exitCode, stdout, stderr } = await runCli(['status', '--json'], { cwd, signal: AbortSignal.abort() })
  t.equal(exitCode, 2)
  t.match(stderr, /There is no vintage\.config\.ts/)
  t.match(JSON.parse(stdout), { exitCode: 2 })
})
