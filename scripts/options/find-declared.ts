import { posix } from 'node:path'
import ts from 'typescript'

/** Gives the text of a file by its path in the repository. */
export type ReadSource = (path: string) => string

type Declared = ts.InterfaceDeclaration | ts.TypeAliasDeclaration

/**
 * An interface or type of ours by its name, in the file where it is used or in one that this imports it from;
 * undefined for what comes from elsewhere.
 */
export function findDeclared (read: ReadSource, file: string, name: string): Declared | undefined {
  const source = ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true)
  const found = source.statements.find((statement): statement is Declared => (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) && statement.name.text === name)
  if (found !== undefined) return found
  const from = source.statements.filter(ts.isImportDeclaration).find(({ importClause }) => namesIn(importClause).includes(name))
  const path = from !== undefined && ts.isStringLiteral(from.moduleSpecifier) ? from.moduleSpecifier.text : ''
  return path.startsWith('.') ? findDeclared(read, posix.join(posix.dirname(file), path.replace(/\.js$/, '.ts')), name) : undefined
}

function namesIn (clause: ts.ImportClause | undefined): string[] {
  const bindings = clause?.namedBindings
  return bindings !== undefined && ts.isNamedImports(bindings) ? bindings.elements.map((element) => element.name.text) : []
}
