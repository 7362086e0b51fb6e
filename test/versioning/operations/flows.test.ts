import { test } from 'tap'
import { flowsOf } from '../../../src/versioning/operations/flows.js'
import type { FieldMove } from '../../../src/versioning/operations/operation.js'

test('each move says where the value of a field goes, and whether it arrives as it was', (t) => {
  const field = { isRequired: true, isNullable: false }
  const nest = { kind: 'nest', into: 'o', isTotal: true, emptyWhenAbsent: false, passesNull: false, partial: undefined } as const
  const never = (): never => { throw new Error('nobody calls it') }
  const call = { kind: 'call', direct: { call: never, threw: never, returnedWrongly: never }, optional: new Set<string>(), nullable: new Set<string>(), passesNull: false, spreadsNull: false, run: () => ({}), partial: () => undefined } as const
  const moves: Array<[FieldMove, Array<[from: string, to: string, carries: boolean]>]> = [
    [{ kind: 'rename', pairs: [['a', 'b'], ['b', 'a']] }, [['a', 'b', true], ['b', 'a', true]]],
    [{ kind: 'map', name: 'a', run: () => 1 }, [['a', 'a', false]]],
    [{ ...call, reads: ['a', 'b'], writes: ['c'] }, [['a', 'c', false], ['b', 'c', false]]],
    [{ ...nest, fields: [{ from: 'a', key: 'x', ...field }, { from: 'b', key: 'y', ...field }] }, [['a', 'o.x', true], ['b', 'o.y', true]]],
    [{ kind: 'flatten', from: 'o', fields: [{ key: 'x', to: 'a', schema: {} }] }, [['o.x', 'a', true]]],
    [{ kind: 'wrap', from: 'a', to: 'as', empty: undefined, emptyWhenAbsent: false, passesNull: false }, [['a', 'as.0', true]]],
    [{ kind: 'unwrap', from: 'as', to: 'a', empty: undefined, items: {} }, [['as.0', 'a', true]]],
    [{ kind: 'translate', name: 'a', table: new Map() }, [['a', 'a', false]]],
    [{ kind: 'default', name: 'a', value: 1 }, [['a', 'a', true]]],
    [{ kind: 'check', name: 'a', run: () => {} }, [['a', 'a', true]]],
    [{ kind: 'drop', names: ['a'] }, []],
    [{ kind: 'fill', name: 'a', value: 1 }, []]
  ]
  for (const [move, wanted] of moves) t.strictSame(flowsOf(move).map(({ from, to, carries }) => [from.join('.'), to.join('.'), carries]), wanted, move.kind)
  t.end()
})
