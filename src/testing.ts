export { laws, type LawOptions, type Violation } from './versioning/laws.js'
