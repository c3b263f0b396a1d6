import { defineVariant } from './define.ts'
import { openQueue, workFromQueue } from './support/queue.ts'

export const lateEffects = defineVariant({
  id: 'late-effects',
  kind: 'noise',
  summary: 'acknowledges at once and works half a second later, from a durable queue',
  // One worker takes event after event: on a loaded machine the last of a burst comes late.
  contract: (text) => text.replace('settle_ms: 3000', 'settle_ms: 10000'),
  async apply(target) {
    await openQueue(target)
  },
  wrap(app, target) {
    workFromQueue(app, target, { delayMs: 500 })
  },
})
