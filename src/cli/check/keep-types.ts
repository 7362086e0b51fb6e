import { describeVersion } from '../../versioning/lock/describe-version.js'
import type { Catalogue } from '../../versioning/lock/catalogue.js'
import { emitVersions } from '../../versioning/types/emit-versions.js'
import type { LoadedConfig } from '../load-config.js'
import { pathBesideVersions, readIfThere } from './beside-versions.js'

/** The file of types beside what it would be today. */
export interface TypesState {
  /** path of `types.d.ts` */
  readonly file: string
  /** as it was read; undefined when there is none */
  readonly text: string | undefined
  /** what it would be today */
  readonly fresh: string
}

/** Reads the types of all versions and derives what they would be today. */
export async function readTypes (config: LoadedConfig, catalogue: Catalogue): Promise<TypesState> {
  const file = pathBesideVersions(config, 'types.d.ts')
  const { versions } = catalogue.world.derived
  const fresh = emitVersions(new Map(versions.map((version, index) => [version, describeVersion(catalogue, index)])))
  return { file, text: await readIfThere(file), fresh }
}
