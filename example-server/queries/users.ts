import type { Knex } from 'knex'
import type { User } from '../schemas/user.js'

/** Columns of `users`, in the order of the schema. */
export const userColumns = ['id', 'full_name', 'email', 'created_at', 'ver'] as const

type Fields = Partial<Pick<User, 'full_name' | 'email'>>

export async function listUsers (knex: Knex, { limit, after = 0 }: { limit: number, after?: number }): Promise<User[]> {
  return await knex('users').select(userColumns).where('id', '>', after).orderBy('id').limit(limit)
}

export async function findUser (knex: Knex, id: number): Promise<User | undefined> {
  return await knex('users').select(userColumns).where({ id }).first()
}

export async function insertUser (knex: Knex, fields: Fields): Promise<User> {
  const [user] = await knex('users').insert(fields).returning(userColumns)
  return user
}

/** @param ver the state that `fields` were made of; without it the user is changed whatever its state */
export async function updateUser (knex: Knex, id: number, fields: Fields, ver?: number): Promise<User | undefined> {
  const [user] = await knex('users').where(ver === undefined ? { id } : { id, ver }).update({ ...fields, ver: knex.raw('ver + 1') }).returning(userColumns)
  return user
}
