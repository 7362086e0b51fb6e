import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { collect, runProcess } from './run-process.js'

t.test('the process ends with the exit code, and writes where main writes', async (t) => {
  const cwd = t.testdir({})
  t.match(await runProcess(['status'], { cwd }), { exitCode: 2, stdout: '', stderr: /There is no vintage\.config\.ts/ })
  const source = fileURLToPath(new URL('../../src/cli/bin.ts', import.meta.url))
  t.match(await collect(spawn(process.execPath, [...process.execArgv, source, '--help'])), { exitCode: 0, stdout: /Usage: vintage/, stderr: '' })
})

t.test('what a config has left open does not keep a finished command alive', async (t) => {
  const cwd = t.testdir({ 'vintage.config.ts': 'setInterval(() => {}, 1_000)\nexport default {}\n' })
  t.match(await runProcess(['new', 'a becomes b'], { cwd }), { exitCode: 0, stdout: /^created versions\/next\/b\.ts\n/ })
})

t.test('Ctrl-C asks the command to stop, and it says how to go on', async (t) => {
  const cwd = t.testdir({
    'vintage.config.ts': `
      console.error('config is here')
      await new Promise((resolve) => setTimeout(resolve, 1_500))
      export default {}
    `
  })
  const { exitCode, stderr } = await runProcess(['status'], {
    cwd,
    onMessage (text, child) {
      if (text.includes('config is here')) child.kill('SIGINT')
    }
  })
  t.equal(exitCode, 130)
  t.match(stderr, /stopping after what is in hand; once more to end at once\nstopped by Ctrl-C/)
})

t.test('a second Ctrl-C ends the process at once', async (t) => {
  const cwd = t.testdir({ 'vintage.config.ts': "console.error('config is here')\nawait new Promise((resolve) => setTimeout(resolve, 60_000))\n" })
  const { signal } = await runProcess(['status'], {
    cwd,
    onMessage (text, child) {
      if (text.includes('config is here') || text.includes('once more')) child.kill('SIGINT')
    }
  })
  t.equal(signal, 'SIGINT')
})
