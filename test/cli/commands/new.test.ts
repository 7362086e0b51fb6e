import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import ts from 'typescript'
import { runCli } from '../run-cli.js'
import { CONFIG } from '../shop.js'

t.test('new writes a version file and says what to do next', async (t) => {
  const cwd = t.testdir({ 'vintage.config.ts': CONFIG, versions: { '2026-11-01.ts': 'export default []\n' } })
  const { exitCode, stdout, stderr } = await runCli(['new', 'full_name replaces first_name and last_name', '--schema', 'User', '--version', '2027-01-01'], { cwd })
  t.equal(exitCode, 0, stderr)
  t.match(stdout, /^created versions\/2027-01-01\/full-name\.ts\n\nNext:\n {2}1\. .*`upgrade` and `downgrade`\n {2}2\. edit the schema `User`.*\n {2}3\. run `vintage check`\n$/)
  const text = await readFile(join(cwd, 'versions/2027-01-01/full-name.ts'), 'utf8')
  t.match(text, "change('full_name replaces first_name and last_name', 'User', replace({")
  t.match(text, 'before: { first_name: Type.String(), last_name: Type.String() }')
})

t.test('work without a date lies in next/, and the document names the file', async (t) => {
  const cwd = t.testdir({ 'vintage.config.ts': CONFIG })
  const { stdout } = await runCli(['new', 'created is now created_at', '--json'], { cwd })
  t.match(JSON.parse(stdout), { file: join(cwd, 'versions/next/created-at.ts'), next: [/`YourSchema`/, /check the names/, /edit that schema/, /move the file/, /vintage check/] })
})

t.test('new never overwrites', async (t) => {
  const cwd = t.testdir({ 'vintage.config.ts': CONFIG, versions: { next: { 'b.ts': 'mine' } } })
  t.match(await runCli(['new', 'a becomes b'], { cwd }), { exitCode: 2, stderr: /b\.ts was not written \(EEXIST.*never overwritten/ })
  t.equal(await readFile(join(cwd, 'versions/next/b.ts'), 'utf8'), 'mine')
})

t.test('what stands in the way of the file is told as it is', async (t) => {
  const cwd = t.testdir({ 'vintage.config.ts': CONFIG, versions: { next: { 'b.ts': t.fixture('symlink', '../../nowhere/b.ts') } } })
  t.match(await runCli(['new', 'a becomes b'], { cwd }), { exitCode: 2, stderr: /EEXIST/ })
  const file = t.testdir({ 'vintage.config.ts': CONFIG, versions: 'a file' })
  t.match(await runCli(['new', 'a becomes b'], { cwd: file }), { exitCode: 1, stderr: /ENOTDIR/ })
})

t.test('versions that stand in the config have no folder for a file', async (t) => {
  const cwd = t.testdir({ 'vintage.config.ts': "export default { versions: { '2024-01-01': [] } }" })
  t.match(await runCli(['new', 'a becomes b'], { cwd }), { exitCode: 2, stderr: /is a record.*add the change to the record/ })
})

t.test('every file that new writes type-checks as it stands', async (t) => {
  const hostile = ['$', '{process.exit()}'].join('')
  const descriptions = ['full_name replaces first_name and last_name', 'created becomes created_at', `it's "quoted" \\ \`and\` ${hostile}`, 'total, currency replace amount']
  const cwd = t.testdir({ 'vintage.config.ts': CONFIG })
  const files: string[] = []
  for (const description of descriptions) {
    const { stdout } = await runCli(['new', description, '--schema', "User's", '--json'], { cwd })
    files.push(JSON.parse(stdout).file)
  }
  const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile)
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, '.')
  const program = ts.createProgram(files, options)
  // of these files only: all that they import is checked elsewhere
  const diagnostics = files.map((file) => program.getSourceFile(file)).flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)])
  t.equal(diagnostics.every(({ file }) => files.includes(String(file?.fileName))), true)
  t.same(diagnostics.map(({ messageText }) => messageText), [])
  t.match(await readFile(String(files[2]), 'utf8'), `change('it\\'s "quoted" \\\\ \`and\` ${hostile}'`)
})
