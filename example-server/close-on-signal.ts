const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Runs `close` once when the process is told to end, and then ends it. A second signal changes nothing: npm passes a
 * Ctrl-C on that the terminal has sent already.
 */
export function closeOnSignal (close: () => Promise<void>): void {
  let closing: Promise<void> | undefined
  const end = () => {
    closing ??= close().then(() => process.exit(0), (error) => {
      console.error(error)
      process.exit(1)
    })
  }
  for (const signal of SIGNALS) process.on(signal, end)
}
