import { defineVariant } from './define.ts'

export const slow = defineVariant({
  id: 'slow',
  kind: 'noise',
  summary: 'every answer takes 150 to 350 milliseconds more',
  wrap(app) {
    app.addHook('preHandler', () => new Promise((done) => setTimeout(done, 150 + Math.random() * 200)))
  },
})
