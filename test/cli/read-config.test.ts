import t from 'tap'
import { defineConfig } from '../../src/config.js'
import { readConfig } from '../../src/cli/read-config.js'

t.test('the config is the default export, and defineConfig gives it back as it is', async (t) => {
  const config = defineConfig({ versions: './versions/' })
  t.equal(readConfig('vintage.config.ts', { default: config }), config)
})

t.test('what is no module has no config', async (t) => {
  for (const module of [undefined, null, 'text', {}]) {
    t.throws(() => readConfig('vintage.config.ts', module), { code: 'FST_ERR_VINTAGE_CONFIG', message: /^vintage\.config\.ts has no config/ })
  }
})
