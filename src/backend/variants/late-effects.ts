import { defineVariant } from './define.ts'
import { openQueue, workFromQueue } from './support/queue.ts'

export const lateEffects = defineVariant({
  id: 'late-effects',
  kind: 'noise',
  summary: 'acknowledges at once and works half a second later, from a durable queue',
  async apply(target) {
    await openQueue(target)
  },
  wrap(app, target) {
    workFromQueue(app, target, { delayMs: 500 })
  },
})
