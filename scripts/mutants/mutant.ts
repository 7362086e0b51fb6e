/** One small wrong edit of a source file that a test must notice. */
export interface Mutant {
  /** what goes wrong, in a few words */
  readonly name: string
  readonly file: string
  /** exact text, there once */
  readonly find: string
  readonly replace: string
  /** the test file that notices */
  readonly test: string
  /** a part of the title of the assertion or test that turns red; of a test where it needs Postgres, which is then run alone */
  readonly red: string
}

/**
 * Makes the wrong edit.
 * @throws when the text is not there, or more than once: the mutant has to be written anew
 */
export function mutate (source: string, { name, file, find, replace }: Pick<Mutant, 'name' | 'file' | 'find' | 'replace'>): string {
  const parts = source.split(find)
  if (parts.length !== 2) throw new Error(`mutant "${name}": ${file} has its text ${parts.length - 1} times, expected once:\n${find}`)
  return parts.join(replace)
}

/** Whether its test needs Postgres. */
export function needsPostgres ({ test }: Pick<Mutant, 'test'>): boolean {
  return test.startsWith('test/data/')
}
