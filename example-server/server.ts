import { hostname } from 'node:os'
import { closeOnSignal } from './close-on-signal.js'
import { readListenAddress } from './listen-address.js'
import { serve } from './serve.js'

// One process of the shop: DATABASE_URL, PORT, HOST, INSTANCE (its name in `vintage status`), LOG_LEVEL.
const { DATABASE_URL: databaseUrl, INSTANCE, LOG_LEVEL } = process.env
if (databaseUrl === undefined) {
  console.error('the shop: DATABASE_URL is not set; `npm start` brings a database of its own.')
  process.exit(1)
}
const { app, url } = await serve({
  ...readListenAddress(process.env),
  databaseUrl,
  instance: INSTANCE ?? `${hostname()}-${process.pid}`,
  ...(LOG_LEVEL === undefined ? {} : { logLevel: LOG_LEVEL })
})
closeOnSignal(async () => { await app.close() })
console.log(`the shop answers at ${url}`)
