export { clients, type ClientOptions, type Clients, type VersionClient } from './testing/clients.js'
export { laws } from './testing/laws.js'
export type { LawOptions, Violation } from './versioning/laws.js'
