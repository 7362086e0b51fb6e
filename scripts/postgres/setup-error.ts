/** A failure that a person can mend: one sentence that says what is wrong and the way out, shown without a stack. */
export class SetupError extends Error {
  override name = 'SetupError'
  readonly code = 'SETUP'
}
