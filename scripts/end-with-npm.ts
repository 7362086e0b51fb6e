const INTERVAL_MS = 500

/**
 * Ends this process as SIGTERM does once the npm that runs it is gone: npm passes a SIGTERM on to the shell between
 * them, which dies of it without telling anybody.
 */
export function endWithNpm (): void {
  if (process.env.npm_lifecycle_event === undefined) return
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    process.kill(process.pid, 'SIGTERM')
  }, INTERVAL_MS)
  timer.unref()
}
