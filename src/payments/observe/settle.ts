import type { Observation, Settled } from './types.ts'

export interface SettleLoop {
  read(): Promise<Observation>
  want?: ((observation: Observation) => boolean) | undefined
  holdMs: number
  settleMs: number
  now(): number
  wait(ms: number): Promise<void>
  signal?: AbortSignal | undefined
}

/** The same three times, this far apart, is the least that counts as quiet. */
const pauseMs = 15
const longestPauseMs = 100

/**
 * Reads until the observation is as wanted and has stayed the same for `holdMs`, three readings at least; gives up when `settleMs` is
 * over. What holds when the time is over has been reached, even if it moved until then. A reading with trouble starts the count anew.
 */
export async function settleLoop(loop: SettleLoop): Promise<Settled> {
  const { read, want = () => true, holdMs, settleMs, now, wait, signal } = loop
  const began = now()
  let last: string | undefined
  let same = 0
  let since = began
  let firstMs: number | undefined
  let pause = pauseMs
  for (let readings = 1; ; readings++) {
    const observation = await read()
    const at = now()
    const isGood = observation.trouble.length === 0 && want(observation)
    const print = isGood ? fingerprint(observation) : undefined
    if (print === undefined || print !== last) {
      same = 0
      since = at
    }
    if (!isGood) firstMs = undefined
    else firstMs ??= at - began
    same++
    last = print
    const isQuiet = isGood && same >= 3 && at - since >= holdMs
    if (isQuiet || at - began >= settleMs || signal?.aborted) {
      return { observation, reached: isGood, afterMs: Math.round(firstMs ?? at - began), readings }
    }
    pause = isGood ? Math.max(pauseMs, holdMs / 2) : Math.min(pause * 1.3, longestPauseMs)
    await wait(Math.min(pause, Math.max(1, settleMs - (at - began))))
  }
}

/** What must stay the same: what the contract selects, not the rest of the answers, which may hold clocks. */
const fingerprint = ({ active, total, payment, audit, rejections, mails }: Observation): string => {
  const ids = (records: Observation['audit']) => records?.map(({ id, event, actor }) => [id, event, actor])
  return JSON.stringify([active, total, payment, ids(audit), ids(rejections), mails?.length])
}
