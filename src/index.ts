import { vintage } from './plugin.js'

export default vintage
// `require('fastify-vintage')` gives the plugin itself, as with every other plugin of Fastify
export { vintage, vintage as 'module.exports' }

export type { VintageOptions } from './options.js'
export { rewriteVersionPath } from './http/version-path.js'
// by name an interface could not be added to
export type * from './behaviour-names.js'
export type { MigrateRange, Pin, VersionSource, VintageApp, VintageRequest, VintageRouteConfig } from './types.js'

export { add } from './versioning/operations/add.js'
export { behaviour } from './versioning/operations/behaviour.js'
export { change, type Change, type ChangeOptions } from './versioning/change.js'
export { constrain } from './versioning/operations/constrain.js'
export { defaultChanged } from './versioning/operations/default-changed.js'
export { endpointAdded } from './versioning/operations/endpoint-added.js'
export { endpointMoved } from './versioning/operations/endpoint-moved.js'
export { endpointRemoved } from './versioning/operations/endpoint-removed.js'
export { enveloped } from './versioning/operations/enveloped.js'
export { errorCodeChanged } from './versioning/operations/error-code-changed.js'
export { flatten } from './versioning/operations/flatten.js'
export { mapEnum } from './versioning/operations/map-enum.js'
export { methodChanged } from './versioning/operations/method-changed.js'
export { nest } from './versioning/operations/nest.js'
export { headerChanged } from './versioning/operations/header-changed.js'
export { internal } from './versioning/internal.js'
export { fieldNames, type FieldNamesOptions } from './versioning/field-names.js'
export { ref } from './versioning/ref.js'
export { remove } from './versioning/operations/remove.js'
export { rename } from './versioning/operations/rename.js'
export { replace } from './versioning/operations/replace.js'
export { schemaRemoved } from './versioning/operations/schema-removed.js'
export { schemaRenamed } from './versioning/operations/schema-renamed.js'
export { schemaSplit } from './versioning/operations/schema-split.js'
export { splitEnum } from './versioning/operations/split-enum.js'
export { statusChanged } from './versioning/operations/status-changed.js'
export { variant } from './versioning/variant.js'
export { wrap } from './versioning/operations/wrap.js'

export { defineConfig, type VintageConfig } from './config.js'
