import type { Mutant } from './mutant.js'

/** What may go wrong in `src/versioning`. */
export const VERSIONING_MUTANTS: readonly Mutant[] = [
  {
    name: 'a step of a chain is dropped',
    file: 'src/versioning/converters.ts',
    find: 'for (let index = Math.min(from, to) + 1; index <= Math.max(from, to); index++)',
    replace: 'for (let index = Math.min(from, to) + 1; index < Math.max(from, to); index++)',
    test: 'test/versioning/oracle.test.ts',
    red: 'A14 responses of the shop'
  },
  {
    name: 'a field that has other limits since is taken as proven',
    file: 'src/versioning/unproven.ts',
    find: 'isDeepStrictEqual(field.schema, schema) && ',
    replace: '',
    test: 'test/versioning/unproven.test.ts',
    red: 'A18 a field is not proven'
  },
  {
    name: 'the steps of a downgrade go upwards',
    file: 'src/versioning/converters.ts',
    find: "if (direction === 'downgrade') steps.reverse()",
    replace: "if (direction === 'upgrade') steps.reverse()",
    test: 'test/http/downgrade.test.ts',
    red: 'A11'
  },
  {
    name: 'the changes inside a version are taken in the wrong order',
    file: 'src/versioning/states.ts',
    find: '[step, ...byIndex.get(step.index) ?? []]',
    replace: '[...byIndex.get(step.index) ?? [], step]',
    test: 'test/http/downgrade.test.ts',
    red: 'A11'
  },
  {
    name: 'the second member of a union is skipped',
    file: 'src/versioning/compose-union.ts',
    find: 'for (const [branch, values] of valuesByBranch(group.branches)) {',
    replace: 'for (const [branch, values] of [...valuesByBranch(group.branches)].slice(0, 1)) {',
    test: 'test/versioning/combined-schemas.test.ts',
    red: 'A12 union members'
  },
  {
    name: 'the input is mutated',
    file: 'src/versioning/compose-object.ts',
    find: 'composeRest(composer, result, from, route, new Set(known))',
    replace: "composeRest(composer, result, from, route, new Set(known))\n  code.line(writeField(composer.value, 'id', '0'))",
    test: 'test/versioning/shop-contracts.test.ts',
    red: 'A29'
  },
  {
    name: 'the rows of a list stay empty',
    file: 'src/versioning/compose-list.ts',
    find: 'if (rest !== undefined) {',
    replace: 'if (rest === undefined) {',
    test: 'test/http/downgrade.test.ts',
    red: 'A12 a changed schema is found wherever it stands'
  },
  {
    name: 'a new field can be smuggled in by an older client',
    file: 'src/versioning/compose-rest.ts',
    find: "const names = [...known, '__proto__']",
    replace: "const names = [...known].slice(0, 0).concat(Object.keys(schema.properties ?? {}), '__proto__')",
    test: 'test/versioning/shop-contracts.test.ts',
    red: 'A17 unknown keys'
  },
  {
    name: '`__proto__` goes through as a key',
    file: 'src/versioning/compose-rest.ts',
    find: "const names = [...known, '__proto__']",
    replace: 'const names = [...known]',
    test: 'test/versioning/shop-contracts.test.ts',
    red: 'A17 unknown keys'
  },
  {
    name: 'unknown keys of a request are lost',
    file: 'src/versioning/compose-rest.ts',
    find: 'if (upgrades) return additionalProperties !== false || isRecord(schema.patternProperties)',
    replace: 'if (upgrades) return additionalProperties === true || isRecord(schema.patternProperties)',
    test: 'test/versioning/shop-contracts.test.ts',
    red: 'A17 unknown keys'
  },
  {
    name: 'requests hold keys that are undefined',
    file: 'src/versioning/compose-object.ts',
    find: 'if (upgrades && !required.has(name)) conditional',
    replace: 'if (upgrades && required.has(name)) conditional',
    test: 'test/versioning/operations/chain.test.ts',
    red: 'without a key that is undefined'
  },
  {
    name: 'a function is called with a part of its fields',
    file: 'src/versioning/compose-call.ts',
    find: 'if (missing.length > 0) {',
    replace: 'if (missing.length > 9) {',
    test: 'test/versioning/shop-contracts.test.ts',
    red: 'A20'
  },
  {
    name: 'a function is called although all of its fields are absent',
    file: 'src/versioning/compose-call.ts',
    find: "move.always === true ? '{'",
    replace: "move.reads.length > 0 ? '{'",
    test: 'test/versioning/operations/replace.test.ts',
    red: 'the function is not called when all are absent'
  },
  {
    name: 'null reaches functions that did not ask for it',
    file: 'src/versioning/compose-call.ts',
    find: '...move.passesNull ?',
    replace: '...!move.passesNull ?',
    test: 'test/versioning/operations/replace.test.ts',
    red: 'null passes where both sides admit it'
  },
  {
    name: 'functions read dates and decimals as the handler gave them',
    file: 'src/versioning/compose-call.ts',
    find: '  composeJsonForm(code, local, slot.schema, sides.resolve)\n',
    replace: '',
    test: 'test/versioning/operations/replace.test.ts',
    red: 'A29'
  },
  {
    name: 'a default of the response is not seen by functions',
    file: 'src/versioning/compose-call.ts',
    find: 'if (initial !== undefined) code.line',
    replace: 'if (initial === null) code.line',
    test: 'test/versioning/operations/replace.test.ts',
    red: 'A29'
  },
  {
    name: 'what a function throws gets out as it is',
    file: 'src/versioning/operations/user-function.ts',
    find: "threw: (cause) => { throw failure(step, direction, 'threw', cause) }",
    replace: 'threw: (cause) => { throw cause }',
    test: 'test/versioning/operations/replace.test.ts',
    red: 'A30'
  },
  {
    name: 'the cause of a failure is lost',
    file: 'src/versioning/operations/user-function.ts',
    find: ', { cause })',
    replace: ', { cause: undefined })',
    test: 'test/versioning/operations/replace.test.ts',
    red: 'A30'
  },
  {
    name: 'an old value finds only the first of those that it stood for',
    file: 'src/versioning/operations/split-enum.ts',
    find: 'given === value ? filter : [given]',
    replace: 'given === value ? filter.slice(0, 1) : [given]',
    test: 'test/versioning/shop-contracts.test.ts',
    red: 'A23'
  },
  {
    name: 'an older client reads a value that it does not know',
    file: 'src/versioning/operations/split-enum.ts',
    find: 'read.includes(newer) ? value : newer',
    replace: 'read[0] === newer ? value : newer',
    test: 'test/versioning/oracle.test.ts',
    red: 'A14 responses of the shop'
  },
  {
    name: 'older clients send a new field where a variant lacks it',
    file: 'src/versioning/derive.ts',
    find: 'for (const key of followersOf(binding.targets, followers)) undo(binding, key)',
    replace: 'for (const key of binding.targets) undo(binding, key)',
    test: 'test/versioning/oracle.test.ts',
    red: 'A14 requests of the shop'
  },
  {
    name: 'a forgotten twin passes',
    file: 'src/versioning/check-twins.ts',
    find: '    binding.misfit(twinMessage(name, path, trace.what))\n',
    replace: '    twinMessage(name, path, trace.what)\n',
    test: 'test/versioning/misfits.test.ts',
    red: 'A16 forgotten twins'
  },
  {
    name: 'what refers to a changed schema counts as unchanged',
    file: 'src/versioning/reach.ts',
    find: 'for (const referrer of referrersOf(key)) affected.add(referrer)',
    replace: 'for (const referrer of referrersOf(key)) affected.delete(referrer)',
    test: 'test/versioning/shop-contracts.test.ts',
    red: 'a page of orders'
  },
  {
    name: 'an old schema keeps the `$id` of head',
    file: 'src/versioning/close-schema.ts',
    find: '{ ...root, $id, $defs } : { ...root, $id }',
    replace: '{ ...root, $id: key, $defs } : { ...root, $id: key }',
    test: 'test/versioning/shop-contracts.test.ts',
    red: 'the schema of an $id'
  },
  {
    name: 'an endpoint answers at its new URL a version too early',
    file: 'src/versioning/endpoints.ts',
    find: 'locations.push(locationAt(route, event.index, toIndex))',
    replace: 'locations.push(locationAt(route, event.index - 1, toIndex))',
    test: 'test/versioning/endpoints.test.ts',
    red: 'A31'
  }
]
