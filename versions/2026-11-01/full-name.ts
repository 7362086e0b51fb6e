import { Type } from '@sinclair/typebox'
import { change, replace } from 'fastify-vintage'

export default change('`full_name` replaces `first_name` and `last_name`', 'User', replace({
  before: { first_name: Type.String(), last_name: Type.String() },
  after: { full_name: Type.String() },
  upgrade: ({ first_name, last_name }) => ({ full_name: `${first_name} ${last_name}`.replace(/^ +| +$/g, '') }),
  downgrade: ({ full_name }) => {
    const space = full_name.indexOf(' ')
    return space === -1
      ? { first_name: full_name, last_name: '' }
      : { first_name: full_name.slice(0, space), last_name: full_name.slice(space + 1) }
  },
  lossy: { why: 'full_name does not say where the first name ends' }
}), { transition: 'users.full_name' })
