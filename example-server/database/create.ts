import pg from 'pg'

/**
 * Makes the database `shop` and the role that owns it, who is no superuser: the walk through all phases needs none.
 * @param serverUrl of a superuser
 * @param password of the role, from now on
 * @returns the role's URL
 */
export async function createShopDatabase (serverUrl: string, password: string): Promise<string> {
  const client = new pg.Client({ connectionString: serverUrl })
  await client.connect()
  try {
    await client.query('begin')
    await client.query("select pg_advisory_xact_lock(hashtext('fastify-vintage shop'))")
    const { rows: [role] } = await client.query("select from pg_roles where rolname = 'shop'")
    await client.query(`${role === undefined ? 'create' : 'alter'} role shop login password ${client.escapeLiteral(password)}`)
    await client.query('commit')
    const { rows: [database] } = await client.query("select from pg_database where datname = 'shop'")
    if (database === undefined) await client.query('create database shop owner shop')
    const url = new URL(serverUrl)
    Object.assign(url, { username: 'shop', password, pathname: '/shop' })
    return url.href
  } finally {
    await client.end()
  }
}
