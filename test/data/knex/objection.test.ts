import { setTimeout as sleep } from 'node:timers/promises'
import type { Knex } from 'knex'
import { Model, type Transaction } from 'objection'
import t from 'tap'
import { PHASES } from '../../../src/data/phases.js'
import { createTwins } from './twins.js'

class Order extends Model {
  static override readonly tableName = 'orders'
  declare id: number
  declare user_id: number
  declare label: string
  declare cents: number
}

class User extends Model {
  static override readonly tableName = 'users'
  static override readonly jsonAttributes = ['tags']
  static override readonly relationMappings = {
    orders: { relation: Model.HasManyRelation, modelClass: Order, join: { from: 'users.id', to: 'orders.user_id' } },
    namesakes: { relation: Model.HasManyRelation, modelClass: User, join: { from: 'users.full_name', to: 'users.full_name' } }
  }

  declare id: number
  declare email: string
  declare full_name: string | null
  declare score: number | null
  declare orders?: Order[]
  declare namesakes?: User[]
}

type Use = (trx: Transaction) => PromiseLike<unknown>

/** What an application does with its models; each is undone afterwards. */
const USES: Record<string, Use> = {
  'a query of models': (trx) => User.query(trx).where('full_name', 'like', 'A%').orderBy('full_name').orderBy('id'),
  'a model by its id': (trx) => User.query(trx).findById(2).throwIfNotFound(),
  'a page': (trx) => User.query(trx).select('id', 'full_name').orderBy('full_name', 'desc').orderBy('id').page(0, 2),
  'a graph that is fetched': (trx) => User.query(trx).withGraphFetched('[orders, namesakes]').modifyGraph('orders', (orders) => orders.orderBy('id')).modifyGraph('namesakes', (users) => users.orderBy('id')).orderBy('id'),
  'a graph that is joined': (trx) => User.query(trx).withGraphJoined('[orders, namesakes.orders]').orderBy(['users.full_name', 'users.id', 'orders.id', 'namesakes.id', 'namesakes:orders.id']),
  'a condition on a relation': (trx) => User.query(trx).joinRelated('orders').where('orders.cents', '>', 50).whereExists(User.relatedQuery('namesakes').where('full_name', '>', 'A')).select('users.full_name', 'orders.label').orderBy('orders.id'),
  'a relation of what was found': async (trx) => await (await User.query(trx).findById(1).throwIfNotFound()).$relatedQuery('orders', trx).orderBy('id'),
  insert: (trx) => User.query(trx).insertAndFetch({ email: 'n@x', full_name: 'New One' }),
  insertGraph: async (trx) => {
    await User.query(trx).insertGraph({ email: 'g@x', full_name: 'Graph One', orders: [{ id: 20, label: 'Graph', cents: 3 }, { id: 21, label: 'One', cents: 4 }] })
    return await User.query(trx).findOne({ full_name: 'Graph One' }).withGraphFetched('orders')
  },
  patch: async (trx) => [await User.query(trx).patch({ full_name: 'Ada King' }).where('full_name', 'Ada Lovelace'), await User.query(trx).patchAndFetchById(2, { full_name: 'Robert', score: 5 })],
  'patch of an instance': async (trx) => {
    const user = await User.query(trx).findById(1).throwIfNotFound()
    await user.$query(trx).patch({ full_name: `${user.full_name} Jr` })
    return await user.$query(trx)
  },
  'a whole row that is saved again': async (trx) => {
    const user = await User.query(trx).findById(1).throwIfNotFound()
    return await User.query(trx).updateAndFetchById(1, user)
  },
  'increment and delete': async (trx) => [await User.query(trx).where('full_name', 'Bob').increment('score', 5), await User.query(trx).delete().where('full_name', 'like', 'Ana%').returning('*')],
  upsertGraph: async (trx) => {
    await User.query(trx).upsertGraph({ id: 1, full_name: 'Ada King', orders: [{ id: 1, label: 'kept' }, { id: 30, label: 'new', cents: 9 }] }, { insertMissing: true })
    return await User.query(trx).findById(1).withGraphFetched('orders')
  },
  'a transaction within the transaction': async (trx) => {
    await User.transaction(trx, async (inner) => { await User.query(inner).patch({ full_name: 'Kept' }).where('id', 1) })
    await User.transaction(trx, async (inner) => {
      await User.query(inner).patch({ full_name: 'Lost' }).where('id', 2)
      throw new Error('back')
    }).catch(() => {})
    return await User.query(trx).whereIn('full_name', ['Kept', 'Lost', 'Bob']).select('id', 'full_name').orderBy('id')
  }
}

/** What a use gives and what it leaves in the tables. */
async function outcome (knex: Knex, use: Use): Promise<string> {
  await knex.raw('select setval(pg_get_serial_sequence(\'users\', \'id\'), 1000)')
  const trx = await User.startTransaction(knex)
  try {
    return JSON.stringify([await use(trx), await User.query(trx).orderBy('id'), await Order.query(trx).orderBy('id')], null, 1)
  } finally {
    await trx.rollback()
  }
}

t.test('D7 models of Objection.js do in every phase what they do on a table that always had the new column', async (t) => {
  const { live, plain, move, root } = await createTwins(t, 'dual-write', { pollMs: 20 })
  // the models of one process live longer than a phase
  for (const phase of PHASES.slice(1)) {
    await move(phase)
    while ((await root.raw('select from vintage.transitions t join vintage.acknowledgements a on a.transition = t.name where a.epoch < t.epoch')).rows.length > 0) await sleep(10)
    for (const [name, use] of Object.entries(USES)) t.equal(await outcome(live, use), await outcome(plain, use), `${name} at ${phase}`)
  }
})

t.test('D8 a model that names an old column is told so', async (t) => {
  const { live } = await createTwins(t, 'read-new')
  await t.rejects(async () => await User.query(live).where('first_name', 'Ada'), { code: 'FST_ERR_VINTAGE_STATEMENT_OLD_COLUMN' })
})
