import type { Mutant } from './mutant.js'

/** What may go wrong in `src/http`. */
export const HTTP_MUTANTS: readonly Mutant[] = [
  {
    name: 'the serialiser of a success is kept into the error that follows',
    file: 'src/http/serialise.ts',
    find: '  if (!state.serialises) return\n',
    replace: '  if (state.serialises) return\n',
    test: 'test/http/serialise.test.ts',
    red: 'A27'
  },
  {
    name: 'head\'s validator is used for an old body',
    file: 'src/http/upgrade.ts',
    find: 'context.compilers.validatorOf(part.shape)(readPart(request, part.part) ?? null)',
    replace: '{ value: readPart(request, part.part) ?? null }',
    test: 'test/http/upgrade.test.ts',
    red: 'A18 an invalid old body is refused in its own field names'
  },
  {
    name: 'what head refuses of an upgraded part is told in head\'s names',
    file: 'src/http/judge.ts',
    find: 'part === Reflect.get(error, \'validationContext\')',
    replace: 'part !== part',
    test: 'test/http/upgrade.test.ts',
    red: 'A19'
  },
  {
    name: 'what head refuses of an upgraded part is left to Fastify to answer',
    file: 'src/http/lanes.ts',
    find: 'older.attachValidation = true',
    replace: 'older.attachValidation = false',
    test: 'test/http/upgrade.test.ts',
    red: 'A19'
  },
  {
    name: '`Vary` is missing on a 404',
    file: 'src/http/response-stages.ts',
    find: 'if (route === undefined && !isNotFoundHere(request)) return',
    replace: 'if (route === undefined) return',
    test: 'test/http/response-headers.test.ts',
    red: 'A9'
  },
  {
    name: '`Vary` of the handler is overwritten',
    file: 'src/http/response-headers.ts',
    find: "mergeVary(existing === undefined ? '' : String(existing),",
    replace: "mergeVary('',",
    test: 'test/http/response-headers.test.ts',
    red: 'A9 a Vary that the handler has set'
  },
  {
    name: 'a response does not say by what the account was known',
    file: 'src/http/pin.ts',
    find: '  state.pinned = true\n',
    replace: '',
    test: 'test/http/pin.test.ts',
    red: 'the headers by which pin knows the account'
  },
  {
    name: 'the pin is asked twice',
    file: 'src/http/pin.ts',
    find: 'const pinned: unknown = await pin(request)',
    replace: 'await pin(request)\n  const pinned: unknown = await pin(request)',
    test: 'test/http/pin.test.ts',
    red: 'A2 the pin of the account decides'
  },
  {
    name: 'a pin between two versions is refused',
    file: 'src/http/pin.ts',
    find: ' ?? table.indexNotAfter(pinned)',
    replace: '',
    test: 'test/http/pin.test.ts',
    red: 'A3 a pin between versions'
  },
  {
    name: 'a pin that says nothing is taken for the default',
    file: 'src/http/pin.ts',
    find: 'if (pinned === null) {',
    replace: 'if (pinned === null || pinned === undefined) {',
    test: 'test/http/pin.test.ts',
    red: 'A2 a pin of null is the default'
  },
  {
    name: 'a date after head is served as head',
    file: 'src/http/resolve.ts',
    find: 'return value > String(table.versions[table.headIndex]) ? undefined : table.indexNotAfter(value)',
    replace: 'return table.indexNotAfter(value)',
    test: 'test/http/resolve.test.ts',
    red: 'A4 match earlier'
  },
  {
    name: 'of two versions in one request the first one counts',
    file: 'src/http/resolve.ts',
    find: 'if (named.some((other) => other.value !== value))',
    replace: 'if (named.length > 9)',
    test: 'test/http/resolve.test.ts',
    red: 'A6'
  },
  {
    name: 'control characters of a client reach the message',
    file: 'src/http/resolve.ts',
    find: "return start.replace(/[^\\x20-\\x7e…]/g, '?')",
    replace: 'return start',
    test: 'test/http/resolve.test.ts',
    red: 'A5 control characters'
  },
  {
    name: 'a JSON string goes to an older client as it is',
    file: 'src/http/downgrade.ts',
    find: 'if (state.rendered || text === state.written ||',
    replace: 'if (text !== state.written || text === state.written ||',
    test: 'test/http/downgrade.test.ts',
    red: 'A26 a JSON string'
  },
  {
    name: 'what `reply.serialize` has written is converted twice',
    file: 'src/http/downgrade.ts',
    find: 'if (state.rendered || text === state.written ||',
    replace: 'if (state.rendered ||',
    test: 'test/http/downgrade.test.ts',
    red: 'A28 reply.serialize'
  },
  {
    name: 'a body without a schema gets out in the shape of head',
    file: 'src/http/uncovered.ts',
    find: "if (!isEnvelope && coverage === 'strict' && mayBeHead(response, body)) throw error",
    replace: '',
    test: 'test/http/uncovered.test.ts',
    red: 'a success without a schema is refused'
  },
  {
    name: 'an old validator is taken for that of another schema of the same `$id`',
    file: 'src/http/compilers.ts',
    find: 'const own = { addUsedSchema: false,',
    replace: 'const own = { addUsedSchema: true,',
    test: 'test/http/compilers.test.ts',
    red: 'two shapes of one $id'
  },
  {
    name: 'an account is answered at the URL of versions that its pin is not of',
    file: 'src/http/versioned-route.ts',
    find: 'index >= fromIndex && index <= toIndex',
    replace: 'index >= fromIndex || index <= toIndex',
    test: 'test/http/moved-endpoints.test.ts',
    red: 'A31 a pin decides at which URL an account is answered'
  },
  {
    name: '`Vary: *` gets names',
    file: 'src/http/response-headers.ts',
    find: "  if (present.has('*')) return line\n",
    replace: '',
    test: 'test/http/response-headers.test.ts',
    red: 'A9 Vary: * is left alone'
  },
  {
    name: 'any body is judged in part once one is expected',
    file: 'src/http/judge-remainder.ts',
    find: 'remainder !== null && value === body',
    replace: 'remainder !== null',
    test: 'test/http/judge-remainder.test.ts',
    red: 'A18 only the body that is expected'
  }
]
