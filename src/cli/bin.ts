#!/usr/bin/env node
import { main } from './main.js'
import { createProcessIo } from './process-io.js'

process.exitCode = await main(process.argv.slice(2), createProcessIo(process))
// what a config or an app has left open must not keep a finished command alive
process.stdout.write('', () => process.exit())
