// Ctrl-C and SIGTERM for launchers: the first asks politely, the second ends at once.

/** Resolves at the first signal. */
export function endOnSignal(say: (line: string) => void): Promise<void> {
  return new Promise((resolve) => {
    let asked = false
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (asked) {
          say('Ended at once; nothing that was committed is lost.')
          process.exit(130)
        }
        asked = true
        resolve()
      })
    }
  })
}
