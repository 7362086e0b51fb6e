/** The lines that `npm start` prints: what to paste into another terminal. */
export function describeFirstSteps (url: string, external: boolean): string {
  const key = (name: string) => `-H 'authorization: Bearer ${name}'`
  const json = "-H 'content-type: application/json'"
  const vintage = external ? 'DATABASE_URL="…the same…" npx vintage' : 'npx vintage'
  return `
the shop answers at ${url}

# a client of 2024, pinned by its account
curl -s ${url}/users/1 ${key('demo-2024')}

# a client at head
curl -s ${url}/users/1 ${key('demo-unpinned')} -H 'api-version: 2026-11-01'

# the 2024 client creates a user
curl -s ${url}/users ${key('demo-2024')} ${json} \\
  -d '{"first_name":"Mary Ann","last_name":"Smith","email":"mary.ann@example.com"}'

# a page of orders, with their users
curl -s '${url}/orders?limit=2' ${key('demo-2024')}
curl -s '${url}/orders?limit=2' ${key('demo-unpinned')} -H 'api-version: 2026-11-01'

# see where the table stands, and move it on by one phase; the curl lines above answer the same all the time
${vintage} status
${vintage} advance

Ctrl-C stops the server${external ? '' : ' and its Postgres; `npm start` goes on where it stood'}.`
}
