import { defineVariant } from './define.ts'
import { openQueue, workFromQueue } from './support/queue.ts'

export const queue = defineVariant({
  id: 'queue',
  kind: 'correct',
  summary: 'acknowledges once the event is in a durable queue; a worker takes it from there',
  async apply(target) {
    await openQueue(target)
  },
  wrap(app, target) {
    workFromQueue(app, target, { delayMs: 0 })
  },
})
