import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

const INTRODUCTION = `# Misfits

<!-- written by \`node --import ./scripts/typescript.mjs scripts/generate-misfit-reference.ts\` from src/; edits are lost -->

What stops the start when version files and schemas do not fit: always one \`FST_ERR_VINTAGE_MISFIT\`, which names the file, the
change, what does not fit, and the remedy. \`‹…›\` stands for what only the app knows, by its name in the source.

Around a message stand the file, the change and its version, and what it is about:
\`2026-11-01/full-name.ts: "the change" (2026-11-01) does not fit: …\`. A message without a subject (\`renames …\`, \`has no …\`)
speaks of the change; before it stands the schema to which it does not apply, or after it the place that carries that.
`

/** The page docs/reference/misfits.md, made from the texts in the sources. */
export function misfitReference (): string {
  const root = join(import.meta.dirname, '..', 'src', 'versioning')
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts') && !/^law/.test(file)).sort()
  const sections = files.map((file) => ({ file, texts: textsIn(file, readFileSync(join(root, file), 'utf8')) })).filter(({ texts }) => texts.length > 0)
  return INTRODUCTION + sections.map(({ file, texts }) => `\n## ${titleOf(file)}\n\n${texts.map((text) => `- ${text}\n`).join('')}`).join('')
}

function titleOf (file: string): string {
  const name = file.replace(/^.*\/|\.ts$/g, '')
  return file.startsWith('operations/') ? `\`${name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())}\`` : name.replaceAll('-', ' ')
}

/** Every text that is given as a misfit, and every other one that says what is wrong and, after a colon, what to do. */
function textsIn (file: string, source: string): string[] {
  const found = new Set<string>()
  const visit = (node: ts.Node, isGiven: boolean): void => {
    if (ts.isImportDeclaration(node)) return
    if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) {
      const text = textOf(node)
      if (isMessage(text) || (isGiven && text.includes(' ') && !isFrame(text))) found.add(text)
    }
    const given = isMisfit(node) || (isGiven && (ts.isConditionalExpression(node) || ts.isParenthesizedExpression(node)))
    ts.forEachChild(node, (below) => { visit(below, given) })
  }
  visit(ts.createSourceFile(file, source, ts.ScriptTarget.Latest), false)
  return [...found].map((text) => text.replace(/\.$/, ''))
}

function isMisfit (node: ts.Node): boolean {
  if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return false
  const { expression } = node
  return /^(?:misfit|refuse|MisfitError)$/.test(ts.isPropertyAccessExpression(expression) ? expression.name.text : ts.isIdentifier(expression) ? expression.text : '')
}

/** What is put around a message that is made elsewhere. */
function isFrame (text: string): boolean {
  return text.includes('‹problem›') || text.startsWith('it ‹')
}

function textOf (node: ts.StringLiteralLike | ts.TemplateExpression): string {
  if (ts.isStringLiteralLike(node)) return node.text
  return node.head.text + node.templateSpans.map(({ expression, literal }) => `‹${nameOf(expression)}›${literal.text}`).join('')
}

/** What stands for a value: the last name in its expression. */
function nameOf (expression: ts.Expression): string {
  const names: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && !/^(?:map|join|String|JSON|stringify|filter|length|keys)$/.test(node.text)) names.push(node.text)
    if (!ts.isArrowFunction(node)) ts.forEachChild(node, visit)
  }
  visit(expression)
  return names.at(-1) ?? '…'
}

const remedies = /(?:: |, or )(?:give|name|correct|say|use|write|take|leave|let|make|raise|require|describe|state|export|add|list|keep|map|map one|each|both|pass)\b/

function isMessage (text: string): boolean {
  return (text.length > 30 && remedies.test(text) && !text.includes('\n')) || /^has no `/.test(text)
}
