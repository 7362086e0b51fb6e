import ts from 'typescript'
import { findDeclared, type ReadSource } from './find-declared.js'

export type { ReadSource } from './find-declared.js'

/** One option, as its docstring has it. */
export interface Option {
  readonly name: string
  readonly type: string
  /** of a number; empty for others */
  readonly unit: string
  /** Markdown; `required` for one that may not be left out */
  readonly otherwise: string
  /** one sentence, or more */
  readonly about: string
}

/** Units are in the names of options. */
const UNITS: ReadonlyArray<readonly [RegExp, string]> = [
  [/Ms$/, 'ms'],
  [/Bytes$/, 'bytes'],
  [/RowsPerSecond$/, 'rows per second'],
  [/Rows$/, 'rows'],
  [/Attempts$/, 'attempts'],
  [/Sessions$/, 'sessions'],
  [/^shadowReads$/, 'share'],
  [/^workers$/, 'ranges'],
  [/^jobs$/, 'jobs']
]

/**
 * The options of an interface, with those of the interfaces that it extends.
 *
 * @param of `file Name`
 * @throws Error for an option without a sentence, a default, or a number without a unit
 */
export function optionsOf (read: ReadSource, of: string): Option[] {
  const [file = '', name = ''] = of.split(' ')
  const declaration = findDeclared(read, file, name)
  if (declaration === undefined || !ts.isInterfaceDeclaration(declaration)) throw new Error(`scripts/options-reference.ts: there is no interface ${of}`)
  const inherited = (declaration.heritageClauses ?? []).flatMap(({ types }) => types).flatMap((type) => inheritedFrom(read, type))
  return [...declaration.members.filter(ts.isPropertySignature).map((member) => optionOf(read, member, of)), ...inherited]
}

/** Of `Base`, or of `Pick<Base, 'a' | 'b'>`. */
function inheritedFrom (read: ReadSource, { expression, typeArguments = [] }: ts.ExpressionWithTypeArguments | { expression: ts.Expression, typeArguments?: readonly ts.TypeNode[] }): Option[] {
  const file = expression.getSourceFile().fileName
  const [base, keys] = typeArguments
  if (expression.getText() !== 'Pick' || base === undefined || keys === undefined) return optionsOf(read, placeOf(read, file, expression.getText()))
  const picked = new Set((ts.isUnionTypeNode(keys) ? [...keys.types] : [keys]).map((key) => key.getText().slice(1, -1)))
  return optionsOf(read, placeOf(read, file, base.getText())).filter(({ name }) => picked.has(name))
}

function placeOf (read: ReadSource, file: string, name: string): string {
  return `${findDeclared(read, file, name)?.getSourceFile().fileName ?? file} ${name}`
}

function optionOf (read: ReadSource, member: ts.PropertySignature, of: string): Option {
  const name = member.name.getText()
  const complain = (what: string): never => { throw new Error(`option \`${name}\` of ${of} ${what}`) }
  const about = ts.getJSDocCommentsAndTags(member).flatMap((doc) => ts.isJSDoc(doc) ? ts.getTextOfJSDocComment(doc.comment) ?? '' : []).join(' ').replace(/\s+/g, ' ').replace(/[;,]?\s*$/, '')
  if (about === '') complain('has no sentence')
  const said = ts.getJSDocTags(member).find(({ tagName }) => tagName.text === 'default')
  const otherwise = said === undefined ? '' : String(ts.getTextOfJSDocComment(said.comment)).replace(/\s+/g, ' ').trim()
  if (member.questionToken !== undefined && otherwise === '') complain('has no @default')
  const type = typeOf(read, member)
  const unit = UNITS.find(([pattern]) => pattern.test(name))?.[1] ?? ''
  if (/^number\b/.test(type) && unit === '') complain('has no unit in its name')
  return { name, type, unit: /^number\b/.test(type) ? unit : '', otherwise: member.questionToken === undefined ? 'required' : literal(otherwise), about }
}

/** As it is written; the name of a type of ours is no help, so that what it stands for is shown. */
function typeOf (read: ReadSource, { type }: ts.PropertySignature): string {
  const shown = type !== undefined && ts.isTypeReferenceNode(type) && type.typeArguments === undefined
    ? findDeclared(read, type.getSourceFile().fileName, type.getText())
    : undefined
  // what is made of a list in the code is told in the sentence
  const text = shown !== undefined && ts.isTypeAliasDeclaration(shown) && !shown.type.getText().startsWith('typeof ') ? shown.type.getText() : String(type?.getText())
  return text.replace(/\breadonly /g, '').replace(/\/\*\*.*?\*\//gs, '').replace(/\s+/g, ' ').trim()
}

/** `10_000 ms` is code with a comma; what is said in words stays. */
function literal (text: string): string {
  if (/^[\d_]+(?: ms)?$/.test(text)) return `\`${text.replace(' ms', '').replace(/^(\d+)_(\d{3})$/, '$1,$2')}\``
  return /^(?:'[^']*'|true|false)$/.test(text) ? `\`${text}\`` : text
}
