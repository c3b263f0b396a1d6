/**
 * The result of `work`, or a rejection with the signal's reason as soon as it aborts: for clients whose own promises may stay open for
 * ever. `stop` then cuts the connection; what it throws does not matter any more, and neither does how `work` ends.
 */
export async function orAborted<T>(signal: AbortSignal, work: () => Promise<T>, stop: () => unknown): Promise<T> {
  signal.throwIfAborted()
  let release = () => {}
  const aborted = new Promise<never>((_, reject) => {
    const onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    release = () => signal.removeEventListener('abort', onAbort)
  })
  const working = work()
  try {
    return await Promise.race([working, aborted])
  } catch (error) {
    if (!signal.aborted) throw error
    working.catch(() => {})
    await Promise.resolve()
      .then(stop)
      .catch(() => {})
    throw error
  } finally {
    release()
  }
}
