import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { takeTurn } from './lock.js'
import { readRecordedUrl, recordUrl } from './recorded-url.js'

/**
 * Makes the database `shop` and the role that owns it, who is no superuser: the walk through all phases needs none.
 * The role keeps the password that is recorded in `home`, so that starts that share a server get on with each other.
 * @param serverUrl of a superuser
 * @returns the role's URL
 */
export async function createShopDatabase (serverUrl: string, home: string, signal?: AbortSignal): Promise<string> {
  const client = new pg.Client({ connectionString: serverUrl })
  await client.connect()
  try {
    await takeTurn(client, signal)
    const recorded = await readRecordedUrl(home)
    const password = recorded === null ? randomBytes(18).toString('hex') : new URL(recorded).password
    const { rows: [role] } = await client.query("select from pg_roles where rolname = 'shop'")
    await client.query(`${role === undefined ? 'create' : 'alter'} role shop login password ${client.escapeLiteral(password)}`)
    const { rows: [database] } = await client.query("select from pg_database where datname = 'shop'")
    if (database === undefined) await client.query('create database shop owner shop')
    const url = new URL(serverUrl)
    Object.assign(url, { username: 'shop', password, pathname: '/shop' })
    await recordUrl(home, url.href)
    return url.href
  } finally {
    await client.end()
  }
}
