import type { Outcome, Status } from './message.ts'

/** Milliseconds after acceptance; every way begins accepted, at 0. */
export type Plan = readonly (readonly [status: Status, afterMs: number])[]

/** The way each outcome takes. Nothing is instantaneous, so an application sees the states between and meets them in order. */
export const plans: Record<Outcome, Plan> = {
  delivered: [
    ['queued', 0],
    ['sent', 20],
    ['delivered', 100],
  ],
  deferred: [
    ['queued', 0],
    ['sent', 20],
    ['deferred', 100],
    ['delivered', 300_100],
  ],
  bounced: [
    ['queued', 0],
    ['sent', 20],
    ['bounced', 100],
  ],
  dropped: [['dropped', 20]],
  complained: [
    ['queued', 0],
    ['sent', 20],
    ['delivered', 100],
    ['complained', 1100],
  ],
  failed: [
    ['queued', 0],
    ['failed', 20],
  ],
} // prettier-ignore
