/** One line of what was done and seen. `atMs` and `tookMs` are for people; reports that must repeat leave them out. */
export interface TimelineEntry {
  kind: 'deliver' | 'state' | 'call' | 'fault' | 'process' | 'request' | 'note'
  /** What was done, without ids that change: `-> charge.refunded evt_…_full 4999/4999`. */
  text: string
  /** Lane `provider`: sent by the provider; `backend`: its answer or process; `effects`: what was observed. */
  lane: 'provider' | 'backend' | 'effects'
  status?: number | 'timeout' | 'reset' | 'refused'
  atMs?: number
  tookMs?: number
}
