import type { Session } from '../database.js'
import { namesOf } from '../names.js'
import type { TransitionState } from '../state/transitions.js'

const FUNCTIONS = `
select format('vintage.%I(%s)', p.proname, pg_get_function_identity_arguments(p.oid)) as signature
from pg_catalog.pg_proc p where p.pronamespace = 'vintage'::regnamespace and p.proname = $1 order by p.oid`

/** The functions that note rows of a transition, as SQL: more than one where the type of its key has been changed meanwhile. */
export async function findNoteFunctions (session: Session, { name }: TransitionState): Promise<string[]> {
  return (await session.query<{ signature: string }>(FUNCTIONS, [namesOf(name).noteFunction])).map(({ signature }) => signature)
}
