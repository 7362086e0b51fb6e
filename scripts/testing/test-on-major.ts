import pg from 'pg'
import type { Major } from '../postgres/majors.js'
import type { Counts } from './read-results.js'
import { runTap } from './run-tap.js'
import { startTestServer } from './test-server.js'
import { LONG, writeTestSuites } from './test-suites.js'

/** What is about Postgres, and so may differ from one major to the other. */
const DATA = 'data/'

/** Runs test files, or without any all of `test/data`, on a server of this major version, which is looked at first. */
export async function testOnMajor (major: Major, files: readonly string[], signal: AbortSignal): Promise<Counts> {
  const server = await startTestServer(major)
  try {
    const served = await majorOf(server.url)
    if (served !== major) throw new Error(`the server is a Postgres ${served}, not ${major}`)
    return await runTap({ postgresUrl: server.url, files: files.length === 0 ? [...await writeTestSuites(DATA), ...LONG.filter((file) => file.startsWith(DATA)).map((file) => `test/${file}`)] : files, signal })
  } finally {
    await server.stop()
  }
}

async function majorOf (url: string): Promise<number> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    const { rows: [row] } = await client.query("select current_setting('server_version_num')::int / 10000 as major")
    return row.major
  } finally {
    await client.end()
  }
}
