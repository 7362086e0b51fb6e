import { InvalidOptionError, MisfitError } from '../errors.js'
import type { VintageRouteConfig } from '../types.js'
import { isDated } from '../versioning/endpoints.js'
import type { VersionHistory } from '../versioning/history.js'
import type { VersionTable } from './version-table.js'
import { methodsOf, type VersionRange, type VersionedRoute } from './versioned-route.js'

/**
 * The versions in which a route answers: those that the version files say, narrowed to those of its `config.vintage`.
 * @param route `GET /users/:id`
 * @param isFormer whether it serves a former URL, whose versions the version files alone say
 * @throws FST_ERR_VINTAGE_INVALID_OPTION when `config.vintage` names no version, or contradicts the version files
 */
export function rangesOf (ranges: readonly VersionRange[], history: VersionHistory, route: string, isFormer: boolean, { since, until }: Exclude<VintageRouteConfig, false>, table: VersionTable): readonly VersionRange[] {
  const dated = !isFormer && isDated(history, route)
  const first = since === undefined ? 0 : indexOf('since', since)
  const last = until === undefined ? table.headIndex : indexOf('until', until) - 1
  if (dated && since !== undefined && !ranges.some(({ fromIndex }) => fromIndex === first)) contradict('since', since)
  if (dated && until !== undefined && !ranges.some(({ toIndex }) => toIndex === last)) contradict('until', until)
  return ranges.map(({ fromIndex, toIndex }) => ({ fromIndex: Math.max(first, fromIndex), toIndex: Math.min(last, toIndex) })).filter(({ fromIndex, toIndex }) => fromIndex <= toIndex)

  function indexOf (name: string, version: string): number {
    const index = table.indexOf(version)
    if (index === undefined) throw new InvalidOptionError(`config.vintage.${name}`, `of ${route} is \`${version}\`: expected one of ${table.listed}`)
    return index
  }

  function contradict (name: string, version: string): never {
    const said = ranges.map(({ fromIndex, toIndex }) => `${history.versions[fromIndex]} to ${history.versions[toIndex]}`).join(' and ')
    throw new InvalidOptionError(`config.vintage.${name}`, `of ${route} is \`${version}\`, but the version files say that it answers ${said === '' ? 'no version' : `from ${said}`}: correct one of them, or leave the option out`)
  }
}

/**
 * Refuses a route that stands at a URL where another one answers the same versions, and any two at one URL where `pin` decides:
 * an account is known once authentication has run, in the hooks of a route that the router has chosen. To go over to the other
 * route then would pass by the hooks of that one.
 * @throws FST_ERR_VINTAGE_MISFIT
 */
export function refuseOverlap (route: VersionedRoute, others: readonly VersionedRoute[], { versions }: VersionTable, isPinned: boolean): void {
  for (const method of route.methods) {
    // a HEAD comes with its GET
    const taken = method === 'HEAD' ? [] : others.filter((other) => other.site === route.site && other.methods.includes(method))
    for (const other of taken) {
      const name = `\`${method} ${route.standsAt}\``
      const index = versions.findIndex((_, index) => answers(other, method, index) && answers(route, method, index))
      if (index !== -1) throw new MisfitError(`${name} is registered twice for version ${versions[index]}, as ${describe(other)} and as ${describe(route)}: say which versions each has, with \`endpointAdded()\` and \`endpointRemoved()\` in the version files or with \`config.vintage.since\` and \`until\`.`)
      if (isPinned) throw new MisfitError(`${name} is ${describe(other)} in some versions and ${describe(route)} in others, and the router has to choose before \`pin\` is asked, which the hooks of the chosen one come before: give one of them another URL, or let one endpoint answer both and ask \`request.vintage.version\`.`)
    }
  }
}

function answers (route: VersionedRoute, method: string, index: number): boolean {
  return route.ranges.get(method)?.some(({ fromIndex, toIndex }) => index >= fromIndex && index <= toIndex) === true
}

function describe (route: VersionedRoute): string {
  return route.former ? `the former URL of \`${route.url}\`` : `the endpoint of ${methodsOf(route.options).join(', ')} ${route.url}`
}
