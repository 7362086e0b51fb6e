import { join } from 'node:path/posix'
import ts from 'typescript'

/** A function with a body, whichever way it is written. */
export type Callable = ts.FunctionDeclaration | ts.FunctionExpression | ts.ArrowFunction | ts.MethodDeclaration

/** What a name stands for where it is used. */
export type Binding =
  | { readonly kind: 'value', readonly value: ts.Expression }
  | { readonly kind: 'function', readonly callable: Callable }
  | { readonly kind: 'parameter', readonly callable: Callable, readonly index: number }
  /** what was taken apart, or gone through */
  | { readonly kind: 'other' }

/** @returns whether a node is a function with a body */
export function isFunction (node: ts.Node): node is Callable {
  return ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node) || ts.isArrowFunction(node) || ts.isMethodDeclaration(node)
}

/** Gives a node and all below it, outer ones first. */
export function * nodesOf (node: ts.Node): Generator<ts.Node> {
  yield node
  const below: ts.Node[] = []
  ts.forEachChild(node, (child) => { below.push(child) })
  for (const child of below) yield * nodesOf(child)
}

/** @returns what a function may return */
export function returnsOf (callable: Callable): ts.Expression[] {
  const { body } = callable
  if (body === undefined) return []
  return ts.isBlock(body) ? returnsBelow(body) : [body]
}

function returnsBelow (node: ts.Node): ts.Expression[] {
  if (isFunction(node)) return []
  if (ts.isReturnStatement(node)) return node.expression === undefined ? [] : [node.expression]
  const found: ts.Expression[] = []
  ts.forEachChild(node, (child) => { found.push(...returnsBelow(child)) })
  return found
}

/** @returns what a name stands for in its file; undefined for one that is imported, or global */
export function boundTo (name: ts.Identifier): Binding | undefined {
  for (let scope = name.parent; scope !== undefined; scope = scope.parent) {
    const found = declaredIn(scope, name.text)
    if (found !== undefined) return found
  }
  return undefined
}

/** @returns the path of the file that a name is imported from, as far as it is given by one */
export function importedFrom (name: ts.Identifier): string | undefined {
  const source = name.getSourceFile()
  for (const { importClause, moduleSpecifier } of source.statements.filter(ts.isImportDeclaration)) {
    const bindings = importClause?.namedBindings
    if (bindings === undefined || !ts.isNamedImports(bindings) || !bindings.elements.some((element) => element.name.text === name.text)) continue
    return ts.isStringLiteral(moduleSpecifier) ? join(source.fileName, '..', moduleSpecifier.text.replace(/\.js$/, '.ts')) : undefined
  }
  return undefined
}

function declaredIn (scope: ts.Node, name: string): Binding | undefined {
  if (isFunction(scope)) {
    const index = scope.parameters.findIndex((parameter) => bindingIn(parameter, name) !== undefined)
    const parameter = scope.parameters[index]
    if (parameter === undefined) return undefined
    return ts.isIdentifier(parameter.name) ? { kind: 'parameter', callable: scope, index } : bindingIn(parameter, name)
  }
  if ((ts.isForOfStatement(scope) || ts.isForStatement(scope)) && scope.initializer !== undefined && ts.isVariableDeclarationList(scope.initializer)) {
    return firstOf(scope.initializer.declarations, name)
  }
  if (!ts.isBlock(scope) && !ts.isSourceFile(scope) && !ts.isCaseClause(scope)) return undefined
  for (const statement of scope.statements) {
    if (ts.isFunctionDeclaration(statement) && statement.name?.text === name) return { kind: 'function', callable: statement }
    const found = ts.isVariableStatement(statement) ? firstOf(statement.declarationList.declarations, name) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

function firstOf (declarations: readonly ts.VariableDeclaration[], name: string): Binding | undefined {
  return declarations.map((one) => bindingIn(one, name)).find((binding) => binding !== undefined)
}

function bindingIn (declaration: ts.VariableDeclaration | ts.ParameterDeclaration | ts.BindingElement, name: string): Binding | undefined {
  if (!ts.isIdentifier(declaration.name)) {
    return declaration.name.elements.map((element) => ts.isBindingElement(element) ? bindingIn(element, name) : undefined).find((binding) => binding !== undefined)
  }
  if (declaration.name.text !== name) return undefined
  if (ts.isBindingElement(declaration) || declaration.initializer === undefined) return { kind: 'other' }
  return isFunction(declaration.initializer) ? { kind: 'function', callable: declaration.initializer } : { kind: 'value', value: declaration.initializer }
}
