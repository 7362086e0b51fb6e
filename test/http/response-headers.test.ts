import t from 'tap'
import { mergeVary } from '../../src/http/response-headers.js'

t.test('A9 Vary names a header once, whatever its case, and keeps what is there', async (t) => {
  t.equal(mergeVary('Origin', ['api-version']), 'Origin, api-version')
  t.equal(mergeVary('Accept-Encoding,  API-Version', ['api-version']), 'Accept-Encoding,  API-Version')
  t.equal(mergeVary('authorization', ['api-version', 'authorization']), 'authorization, api-version')
  t.equal(mergeVary('', ['api-version']), 'api-version')
})

t.test('A9 Vary: * is left alone', async (t) => {
  t.equal(mergeVary('*', ['api-version']), '*')
  t.equal(mergeVary('Origin, *', ['api-version']), 'Origin, *')
})
