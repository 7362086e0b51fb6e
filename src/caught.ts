/** Gives an error of ours the error it comes from; @returns the same error, for `throw`. */
export function withCause<E extends Error> (error: E, cause: unknown): E {
  error.cause = cause
  return error
}

/** What a caught value says; several errors that came together (as of a connection to more than one address) are joined. */
export function messageOf (caught: unknown): string {
  if (caught instanceof AggregateError && caught.message === '') return caught.errors.map(messageOf).join('; ')
  return caught instanceof Error ? caught.message : String(caught)
}
