import { defineMutant } from './define.ts'
import { onAnswer, webhooks } from './support/http.ts'

export const f2Hang = defineMutant({
  id: 'F2-hang',
  defect: 'F2',
  summary: 'a huge body stops everything else for ten seconds',
  wrap(app) {
    onAnswer(app, webhooks, ({ status }) => {
      const until = Date.now() + 10_000
      while (status === 413 && Date.now() < until);
      return {}
    })
  },
})
