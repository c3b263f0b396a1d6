/** Waiting, as an effect: tests turn it by hand. Times are milliseconds. */
export interface Scheduler {
  /** Calls `action` later; the returned function calls it off. */
  after(ms: number, action: () => void): () => void
}

export const systemScheduler: Scheduler = {
  after(ms, action) {
    const timer = setTimeout(action, ms)
    return () => clearTimeout(timer)
  },
}

/** Resolves after `ms`, or at once when the signal aborts. */
export function wait(scheduler: Scheduler, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = () => {
      cancel()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const cancel = scheduler.after(ms, done)
    signal.addEventListener('abort', done)
  })
}
