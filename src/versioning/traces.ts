import type { Route } from './converters.js'
import type { Derived } from './derive.js'
import { hasDefaults } from './head-defaults.js'
import type { Path } from './operations/flows.js'
import { traceBack, type Origin } from './trace-back.js'
import { pickFields, traceForward } from './trace-forward.js'

/** Which fields of an older value become which of head: for those who must tell one side about the other. */
export interface Traces {
  /** @returns the places in an older value from which a place in head's value was made; none for what a change has filled in */
  origins (path: Path): readonly Origin[]
  /**
   * Takes those fields of head's value that depend on the fields of a partial older value, at any depth of objects. One
   * that is not there, because the client has removed what it was made of, is null where its schema admits that.
   *
   * @param sent the partial older value
   * @param upgraded head's value, of which other fields may be there too
   * @param absent stands for each field that is not there
   */
  dependents (sent: unknown, upgraded: unknown, absent?: { readonly value: unknown }): unknown
  /** @returns whether the fields of a partial older value alone tell each field of head that depends on them, as far as functions of version files go */
  isTold (sent: unknown): boolean
  /** whether head has a default anywhere, which its validator would fill in */
  readonly hasHeadDefaults: boolean
}

/** Binds the traces of one unit between an older version and head. */
export function traceFields (derived: Derived, key: string, route: Route): Traces {
  let hasHeadDefaults: boolean | undefined
  return {
    get hasHeadDefaults () { return (hasHeadDefaults ??= hasDefaults(derived, key)) },
    origins: (path) => traceBack(derived, key, path, route),
    dependents: (sent, upgraded, absent) => pickFields(derived, { $ref: key }, upgraded, traceForward(derived, key, sent, route).tree, absent),
    isTold: (sent) => traceForward(derived, key, sent, route).isTold
  }
}
