import type { World } from '../world.js'

/** What an API is in each of its versions. */
export interface Catalogue {
  readonly world: World
  /** @returns the places of a version, named as of that version, with the names by which head knows them */
  placesAt (index: number): ReadonlyMap<string, string>
}
