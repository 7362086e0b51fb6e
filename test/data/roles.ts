import type { Knex } from 'knex'

/** Who has a password of that name: none is a superuser, or may create roles or databases. */
export const ROLES = ['vintage_moves', 'vintage_serves', 'vintage_feeds'] as const

export type Role = typeof ROLES[number]

/** Makes the roles, which all databases of a server share, with no right in this one but those that are granted here. */
export async function createRoles (knex: Knex): Promise<void> {
  for (const role of ROLES) {
    await knex.raw(`do $$ begin create role ${role} login nosuperuser nocreaterole nocreatedb noreplication nobypassrls password '${role}'; exception when duplicate_object or unique_violation then null; end $$`)
  }
  const { rows: [{ db }] } = await knex.raw('select current_database() as db')
  await knex.raw('revoke all on schema public from public; revoke all on database ?? from public', [db])
  await knex.raw(`grant connect on database ?? to ${ROLES.join(', ')}; grant usage on schema public to ${ROLES.join(', ')}`, [db])
  await knex.raw('grant create on schema public to vintage_moves; grant create on database ?? to vintage_moves', [db])
}

/** The connection of a role to the database of a URL. */
export function urlAs (role: Role, url: string): string {
  const connection = new URL(url)
  connection.username = role
  connection.password = role
  return connection.href
}
