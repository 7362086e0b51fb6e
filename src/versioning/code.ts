import { isDeepStrictEqual } from 'node:util'
import type { Converter } from './converters.js'

/** Source text of one function in the making, with the values that it closes over. */
export interface Code {
  line (text: string): void
  /**
   * @param what says what the value is, for those who read the code; `a value` where nothing more is known of it
   * @returns the name under which the source may use the value; the same for the same value
   */
  bind (value: unknown, what?: string): string
  /** @returns a fresh name for a local variable */
  local (): string
  /** @returns the source so far, and what its names stand for */
  read (): CodeText
  /** @returns the finished function of the parameters `v` and `context`; within the source its name is `convert` */
  build (name: string): Converter
}

/** Generated code, to be read. */
export interface CodeText {
  readonly source: string
  /** what the bound names stand for: `$0` → `` `downgrade` of 2026-11-01/full-name.ts `` */
  readonly names: ReadonlyMap<string, string>
}

/**
 * Starts the source of one function. Field names enter it as JSON text only, everything else as an argument.
 * Fastify itself cannot run without `new Function`, so nothing more is asked of the host.
 */
export function startCode (): Code {
  const lines: string[] = []
  const bound = new Map<unknown, string>()
  const names = new Map<string, string>()
  let locals = 0
  const read = () => ({ source: `(function convert (v, context) {\n${lines.join('\n')}\n})`, names })
  return {
    line: (text) => { lines.push(text) },
    bind: (value, what = 'a value') => {
      const known = bound.get(value)
      if (known !== undefined) return known
      const name = `$${bound.size}`
      bound.set(value, name)
      names.set(name, what)
      return name
    },
    local: () => `x${locals++}`,
    read,
    // in parentheses, so that V8 compiles the function with its surroundings and not when it is first called
    build: (name) => {
      const source = `'use strict'; return ${read().source}\n//# sourceURL=vintage/${encodeURIComponent(name)}`
      // eslint wants no code from text; here it is the point, and no text of a client is in it
      return Reflect.construct(Function, [...bound.values(), source])(...bound.keys())
    }
  }
}

const inherited = new Set(Object.getOwnPropertyNames(Object.prototype))

/** @returns source that reads a field of `target`; names that every object inherits are read only where they are its own */
export function readField (target: string, name: string): string {
  const key = JSON.stringify(name)
  return inherited.has(name) ? `(Object.hasOwn(${target}, ${key}) ? ${target}[${key}] : undefined)` : `${target}[${key}]`
}

/** @returns the key of an object literal; computed for `__proto__`, which would set the prototype otherwise */
export function literalKey (name: string): string {
  return name === '__proto__' ? '["__proto__"]' : JSON.stringify(name)
}

/** @returns source that sets a field as an own property */
export function writeField (target: string, name: string, expression: string): string {
  return name === '__proto__'
    ? `Object.defineProperty(${target}, "__proto__", { value: ${expression}, enumerable: true, configurable: true, writable: true })`
    : `${target}[${JSON.stringify(name)}] = ${expression}`
}

/** @returns source of a value that is new each time, so that nobody can change it for others */
export function literalOf (code: Code, value: unknown): string {
  if (typeof value !== 'object' || value === null) return isPlainScalar(value) ? JSON.stringify(value) : code.bind(value)
  const text = JSON.stringify(value)
  // `__proto__` in a literal is the prototype and no key
  if (!text.includes('"__proto__"') && isDeepStrictEqual(JSON.parse(text), value)) return `(${text})`
  return `structuredClone(${code.bind(value)})`
}

function isPlainScalar (value: unknown): boolean {
  return value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
}
