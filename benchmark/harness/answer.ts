/** What a process of a case answers to a question of the harness, over IPC. */
export type Answers = Readonly<Record<string, (argument: number) => unknown>>

/** CPU time of this process since a moment, user and system, in µs. */
export function cpuMicrosSince (since?: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since)
  return user + system
}

/** Answers the questions of the harness, one at a time; `cpu` is answered everywhere. Ends with the harness. */
export function answerQuestions (answers: Answers): void {
  const all: Answers = { cpu: () => cpuMicrosSince(), ...answers }
  process.on('message', ({ question, argument }: { question: string, argument: number }) => {
    Promise.resolve(argument).then(all[question]).then(
      (answer) => process.send?.({ answer }),
      (error) => process.send?.({ error: error instanceof Error ? error.stack : String(error) })
    )
  })
  process.on('disconnect', () => { process.exit() })
  process.send?.({ answer: 'ready' })
}
