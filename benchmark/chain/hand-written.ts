import * as derivable1 from '../hand-written/derivable-1.js'
import * as derivable10 from '../hand-written/derivable-10.js'
import * as derivable50 from '../hand-written/derivable-50.js'
import * as derivable100 from '../hand-written/derivable-100.js'
import * as functions1 from '../hand-written/functions-1.js'
import * as functions10 from '../hand-written/functions-10.js'
import * as functions50 from '../hand-written/functions-50.js'
import * as functions100 from '../hand-written/functions-100.js'

/** Does one thing to the next of its inputs. */
export type Operate = (turn: number) => unknown

interface Mapping<Row, Body> {
  downgradeList (rows: readonly Row[]): object[]
  upgradeBody (body: Body): object
}

/** A mapping written by hand, with the type of its bodies closed in. */
function close<Row, Body> ({ downgradeList, upgradeBody }: Mapping<Row, Body>) {
  return {
    downgradeList,
    /** @param text JSON of the bodies that are upgraded in turn */
    upgradeBodies (text: string): Operate {
      const bodies: readonly [Body, ...Body[]] = JSON.parse(text)
      return (turn) => upgradeBody(bodies[turn % bodies.length] ?? bodies[0])
    }
  }
}

/** The mappings written by hand, by history and versions behind. */
export const handWritten = {
  derivable: { 1: close(derivable1), 10: close(derivable10), 50: close(derivable50), 100: close(derivable100) },
  functions: { 1: close(functions1), 10: close(functions10), 50: close(functions50), 100: close(functions100) }
} as const

/** For how many versions behind there is a mapping written by hand. */
export const BEHIND = [1, 10, 50, 100] as const

export type Behind = typeof BEHIND[number]

/** @throws RangeError for a distance that nothing was written for */
export function readBehind (text: string | undefined): Behind {
  return BEHIND.find((behind) => String(behind) === text) ?? refuse(text)
}

function refuse (text: string | undefined): never {
  throw new RangeError(`nothing is written by hand for ${text} versions behind: expected one of ${BEHIND.join(', ')}`)
}
