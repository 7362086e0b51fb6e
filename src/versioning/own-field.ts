/** @returns a field of an object, by a getter of its class as well; a name that every object inherits only where it is its own */
export function readOwnField (value: object, name: string): unknown {
  return name in Object.prototype && !Object.hasOwn(value, name) ? undefined : Reflect.get(value, name)
}
