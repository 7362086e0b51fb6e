import type { HistoryKind } from '../model/history.js'
import { parcels, pricedParcels } from '../model/rows.js'
import { serializerOf, shapeBehind } from './contracts.js'
import { copyAndDelete } from './copy-and-delete.js'
import { handWritten, type Behind, type Operate } from './hand-written.js'

/** Who does it: the composed chain, the mapping written by hand, or one step after another. */
export type Doer = 'composed' | 'by-hand' | 'copy-and-delete'

/** A list of 20 rows as JSON text, so many versions behind. */
export function listOperation (doer: Doer, kind: HistoryKind, behind: Behind): Operate {
  const shape = shapeBehind(kind, behind, 'list')
  const serialize = serializerOf(shape)
  const rows = pricedParcels()
  const list = kind === 'derivable' ? parcels() : rows
  switch (doer) {
    case 'composed': return () => serialize(shape.downgrade(list))
    case 'copy-and-delete': {
      const downgrade = copyAndDelete(kind, behind)
      return () => serialize(list.map(downgrade))
    }
    case 'by-hand': {
      if (kind === 'functions') {
        const { downgradeList } = handWritten.functions[behind]
        return () => serialize(downgradeList(rows))
      }
      const { downgradeList } = handWritten.derivable[behind]
      return () => serialize(downgradeList(list))
    }
  }
}

/** One body of a client so many versions behind, as head knows it. */
export function bodyOperation (doer: Doer, kind: HistoryKind, behind: Behind): Operate {
  const text = bodiesBehind(kind, behind)
  if (doer === 'by-hand') return handWritten[kind][behind].upgradeBodies(text)
  const bodies: readonly unknown[] = JSON.parse(text)
  const { upgrade } = shapeBehind(kind, behind, 'body')
  return (turn) => upgrade(bodies[turn % bodies.length])
}

/** What a client so many versions behind sends, as JSON: its rows without what the server adds. */
export function bodiesBehind (kind: HistoryKind, behind: Behind): string {
  const rows = kind === 'derivable' ? handWritten.derivable[behind].downgradeList(parcels()) : handWritten.functions[behind].downgradeList(pricedParcels())
  return JSON.stringify(rows, (name, value: unknown) => name === 'id' || name === 'depot' ? undefined : value)
}
