/** Gives an error of ours the error it comes from; @returns the same error, for `throw`. */
export function withCause<E extends Error> (error: E, cause: unknown): E {
  error.cause = cause
  return error
}

/** What a caught value says. */
export function messageOf (cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
