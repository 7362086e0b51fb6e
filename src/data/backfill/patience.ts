import { BackfillError } from '../../errors.js'
import type { Context } from '../context.js'
import type { Session } from '../database.js'
import { pause } from '../governor/pause.js'
import type { KeyValues, PrimaryKey } from './key.js'
import { describeKey, findKey } from './run-batch.js'

const WAIT_MS = 100
/** Looks in a row that find rows and settle none: others may have been quicker a few times. */
const LOOKS = 10

/** Ends what would go on for ever, since something keeps rows from being filled. */
export interface Patience {
  /**
   * @param settledRows of one look that has found rows: those that are not found again
   * @param find gives the key of one that is left
   * @throws FST_ERR_VINTAGE_BACKFILL naming the row, after ten looks in a row that have settled nothing
   */
  spend (settledRows: number, find: (session: Session) => Promise<KeyValues | null | undefined>): Promise<void>
}

/** Whose patience it is. */
export interface Looking {
  readonly context: Pick<Context, 'database' | 'signal'>
  readonly lease: { readonly transition: string }
  readonly key: Pick<PrimaryKey, 'columns' | 'operatorSchemas'>
}

/** Begins with the first look. */
export function createPatience ({ context, lease, key }: Looking): Patience {
  let looks = 0
  return {
    async spend (settledRows, find) {
      looks = settledRows === 0 ? looks + 1 : 0
      if (looks === 0) return
      await pause(WAIT_MS, context.signal)
      if (looks < LOOKS) return
      const values = await findKey(context, key, find)
      // the last of them may have been filled meanwhile
      if (values === null || values === undefined) return
      throw new BackfillError(`transition \`${lease.transition}\`: the row with ${describeKey(key, values)} is not filled, although nothing fails: does a trigger of yours keep it as it is? There may be more of that kind; what is filled stays filled, and the same command goes on from here`)
    }
  }
}
