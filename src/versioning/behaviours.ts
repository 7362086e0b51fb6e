import { sourceOf, type VersionHistory } from './history.js'
import { misfitOf } from './misfit.js'

const behaviourName = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/

/**
 * Lists the behaviours of a history.
 *
 * @returns index of the version that brought each, by name
 * @throws FST_ERR_VINTAGE_MISFIT for a badly formed name, or one that is there twice
 */
export function behavioursOf (history: VersionHistory): ReadonlyMap<string, number> {
  const behaviours = new Map<string, number>()
  for (const [index, version] of history.versions.entries()) {
    for (const change of history.changesOf(version)) {
      const { operation } = change
      if (operation.kind !== 'behaviour') continue
      const { name } = operation
      const misfit = misfitOf(sourceOf(history, change), version, change)
      if (!behaviourName.test(name)) misfit(`\`${name}\` is no name of a behaviour: write small letters and digits with hyphens between, such as \`checks-avatar-size\``)
      const known = behaviours.get(name)
      if (known !== undefined) misfit(`the behaviour \`${name}\` is there since ${history.versions[known]} already: give each its own name`)
      behaviours.set(name, index)
    }
  }
  return behaviours
}
