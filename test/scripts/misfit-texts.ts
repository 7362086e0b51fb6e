import ts from 'typescript'
import { boundTo, importedFrom, isFunction, nodesOf, returnsOf, type Callable } from './source-nodes.js'

/** A text that a misfit of the sources can have. */
export interface MisfitText {
  /** file and line, `src/versioning/load.ts:64` */
  readonly where: string
  /** the longest part of it that is the same for every such misfit */
  readonly literal: string
  /** all such parts, in their order and on one line */
  readonly pattern: RegExp
}

/** What sources say of misfits. */
export interface MisfitSources {
  readonly texts: readonly MisfitText[]
  /** calls of `misfitOf` whose result is neither called at once nor named `misfit`, so that its texts would not be found */
  readonly unnamed: readonly string[]
}

// words that a sentence has now and then are no text: `required`
const shortest = 10

/**
 * Finds every text that reaches a misfit: an argument of `misfit(…)`, `misfitOf(…)(…)`, `new MisfitError(…)` or of a function
 * that passes it on to one of these, with the constants, functions and methods that make it, such as `lacks` of an operation.
 *
 * @param files text by path
 */
export function findMisfitTexts (files: ReadonlyMap<string, string>): MisfitSources {
  const parse = createParse(files)
  // to parse the others as well would take most of the time
  const nodes = [...files].filter(([, text]) => /misfit|lacks/i.test(text)).flatMap(([path]) => [...nodesOf(parse(path))])
  const trace = createTrace(nodes, (path) => files.has(path) ? parse(path) : undefined)
  const calls = nodes.filter((node) => ts.isCallExpression(node) || ts.isNewExpression(node))
  const passing = findPassing(calls, trace)
  const texts = new Map<ts.Node, MisfitText>()
  for (const argument of calls.flatMap((call) => textArgumentsOf(call, passing))) {
    for (const node of trace(argument)) {
      const text = textOf(node)
      if (text !== undefined && (node === argument || text.literal.length >= shortest)) texts.set(node, text)
    }
  }
  return {
    texts: [...texts.values()],
    unnamed: calls.filter((call) => nameOf(call.expression) === 'misfitOf' && !isNamedMisfit(call)).map(whereOf)
  }
}

function createParse (files: ReadonlyMap<string, string>): (path: string) => ts.SourceFile {
  const parsed = new Map<string, ts.SourceFile>()
  return (path) => {
    const source = parsed.get(path) ?? ts.createSourceFile(path, files.get(path) ?? '', ts.ScriptTarget.Latest, true)
    parsed.set(path, source)
    return source
  }
}

/** @returns the literals, templates and names that a text is made of */
type Trace = (text: ts.Expression) => readonly ts.Node[]

function createTrace (nodes: readonly ts.Node[], open: (path: string) => ts.SourceFile | undefined): Trace {
  const methods = new Map<string, ts.Expression[]>()
  for (const node of nodes) {
    const method = ts.isPropertyAssignment(node) ? node.initializer : node
    if (node.parent !== undefined && ts.isObjectLiteralExpression(node.parent) && isFunction(method)) {
      const name = Object(node).name.getText()
      methods.set(name, [...methods.get(name) ?? [], ...returnsOf(method)])
    }
  }

  function follow (text: ts.Node, seen: Set<ts.Node>): Set<ts.Node> {
    if (seen.has(text)) return seen
    seen.add(text)
    for (const part of partsOf(text)) follow(part, seen)
    return seen
  }

  function partsOf (text: ts.Node): readonly ts.Node[] {
    if (ts.isTemplateExpression(text)) return text.templateSpans.map(({ expression }) => expression)
    if (ts.isParenthesizedExpression(text)) return [text.expression]
    if (ts.isConditionalExpression(text)) return [text.whenTrue, text.whenFalse]
    if (ts.isBinaryExpression(text)) return [text.left, text.right]
    if (ts.isCallExpression(text)) return ts.isIdentifier(text.expression) ? calledBy(text.expression) : methods.get(nameOf(text.expression) ?? '') ?? []
    const binding = ts.isIdentifier(text) ? boundTo(text) : undefined
    return binding?.kind === 'value' ? [binding.value] : []
  }

  function calledBy (name: ts.Identifier): readonly ts.Expression[] {
    const binding = boundTo(name)
    const path = importedFrom(name)
    const callable = binding?.kind === 'function' ? binding.callable : path === undefined ? undefined : open(path)?.statements.filter(ts.isFunctionDeclaration).find((one) => one.name?.text === name.text)
    return callable === undefined ? [] : returnsOf(callable)
  }

  return (text) => [...follow(text, new Set())]
}

/** Functions that pass some of their arguments on to a misfit, with the indexes of those. */
type Passing = ReadonlyMap<Callable, ReadonlySet<number>>

function findPassing (calls: readonly Call[], trace: Trace): Passing {
  const passing = new Map<Callable, Set<number>>()
  for (let isDone = false; !isDone;) {
    isDone = true
    for (const name of calls.flatMap((call) => textArgumentsOf(call, passing)).flatMap(trace).filter(ts.isIdentifier)) {
      const binding = boundTo(name)
      if (binding?.kind !== 'parameter' || passing.get(binding.callable)?.has(binding.index) === true) continue
      passing.set(binding.callable, (passing.get(binding.callable) ?? new Set()).add(binding.index))
      isDone = false
    }
  }
  return passing
}

type Call = ts.CallExpression | ts.NewExpression

function textArgumentsOf (call: Call, passing: Passing): readonly ts.Expression[] {
  const name = nameOf(call.expression)
  const isMaker = name === 'misfit' || name === 'MisfitError' || (ts.isCallExpression(call.expression) && nameOf(call.expression.expression) === 'misfitOf')
  const binding = ts.isIdentifier(call.expression) ? boundTo(call.expression) : undefined
  const passed = binding?.kind === 'function' ? passing.get(binding.callable) : undefined
  return (call.arguments ?? []).filter((_, index) => passed?.has(index) ?? (isMaker && index === 0))
}

function isNamedMisfit ({ parent }: Call): boolean {
  return ts.isCallExpression(parent) || ((ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent)) && parent.name.getText() === 'misfit')
}

function nameOf (expression: ts.Expression): string | undefined {
  return ts.isIdentifier(expression) ? expression.text : ts.isPropertyAccessExpression(expression) ? expression.name.text : undefined
}

function textOf (node: ts.Node): MisfitText | undefined {
  if (!ts.isTemplateExpression(node) && !ts.isStringLiteralLike(node)) return undefined
  const parts = ts.isTemplateExpression(node) ? [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)] : [node.text]
  return {
    where: whereOf(node),
    literal: parts.reduce((longest, part) => part.length > longest.length ? part : longest, '').trim(),
    pattern: new RegExp(parts.map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('.*'))
  }
}

function whereOf (node: ts.Node): string {
  const source = node.getSourceFile()
  return `${source.fileName}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`
}
