import type { EndpointAdded } from './endpoint-added.js'
import type { EndpointMoved } from './endpoint-moved.js'
import type { EndpointRemoved } from './endpoint-removed.js'
import type { HeaderChanged } from './header-changed.js'
import type { MethodChanged } from './method-changed.js'
import type { StatusChanged } from './status-changed.js'

/** An operation that alters where an endpoint answers, or what of its answer is no body; its targets are routes. */
export type EndpointOperation = EndpointAdded | EndpointRemoved | EndpointMoved | MethodChanged | StatusChanged | HeaderChanged

const kinds: ReadonlySet<string> = new Set<EndpointOperation['kind']>(['endpoint-added', 'endpoint-removed', 'endpoint-moved', 'method-changed', 'status-changed', 'header-changed'])

/** @returns whether an operation is about an endpoint and not about a schema */
export function isEndpointOperation (operation: { readonly kind: string }): operation is EndpointOperation {
  return kinds.has(operation.kind)
}
