/**
 * Many callers, one run: whoever asks while one is going on shares the next. What a caller did before asking is seen by a run that begins
 * afterwards only, so nobody may join one that has begun.
 */
export function shareRuns<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let running: Promise<Result> | undefined
  let waiting: Promise<Result> | undefined
  const start = (): Promise<Result> => {
    running = work().finally(() => {
      running = undefined
    })
    return running
  }
  return () => {
    if (!running) return start()
    waiting ??= running
      .catch(() => {})
      .then(() => {
        waiting = undefined
        return start()
      })
    return waiting
  }
}
