import { defineVariant } from './define.ts'

export const slowStart = defineVariant({
  id: 'slow-start',
  kind: 'noise',
  summary: 'takes a second and a half longer to start',
  apply: () => new Promise((done) => setTimeout(done, 1_500)),
})
