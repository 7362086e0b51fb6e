import type { Converter } from './converters.js'

/** Source text in the making, with the values that it closes over. */
export interface Code {
  line (text: string): void
  /** @returns the name under which the source may use a value */
  bind (value: unknown): string
  /** @returns a fresh name for a local variable */
  local (): string
  /** @returns the finished function of the parameters `v` and `context` */
  build (name: string): Converter
}

/**
 * Starts the source of one function. Field names enter it as JSON text only, everything else as an argument.
 * Fastify itself cannot run without `new Function`, so nothing more is asked of the host.
 */
export function startCode (): Code {
  const lines: string[] = []
  const values = new Map<string, unknown>()
  let locals = 0
  return {
    line: (text) => { lines.push(text) },
    bind: (value) => {
      const name = `$${values.size}`
      values.set(name, value)
      return name
    },
    local: () => `x${locals++}`,
    build: (name) => {
      const source = `'use strict'; return function (v, context) {\n${lines.join('\n')}\n}\n//# sourceURL=vintage/${encodeURIComponent(name)}`
      // eslint wants no code from text; here it is the point, and no text of a client is in it
      return Reflect.construct(Function, [...values.keys(), source])(...values.values())
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
