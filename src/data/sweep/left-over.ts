/** An object of ours that no transition has in its present phase. */
export interface LeftOver {
  readonly kind: 'trigger' | 'function' | 'marker' | 'constraint' | 'index' | 'view'
  /** its name, not quoted; of a statement on constraints all that it takes back */
  readonly name: string
  /** quoted, with its schema; null where it hangs on no table */
  readonly table: string | null
  /** takes it away, and nothing else */
  readonly statement: string
}

/** The table `c` in schema `n`, as `qualifiedTable` writes it. */
export const QUALIFIED = '\'"\' || replace(n.nspname, \'"\', \'""\') || \'"."\' || replace(c.relname, \'"\', \'""\') || \'"\''
