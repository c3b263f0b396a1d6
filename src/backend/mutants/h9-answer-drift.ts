import { defineMutant } from './define.ts'
import { onAnswer } from './support/http.ts'

export const h9 = defineMutant({
  id: 'H9',
  defect: 'H9',
  summary: 'the answer’s mode is the name of the template',
  seen: 'openinterview: mode carries the template',
  wrap(app) {
    onAnswer(app, /^\/api\/notify_ext\/send$/, ({ status, text }, request) => {
      if (status !== 200) return {}
      const { template = 'generic' } = (request.body ?? {}) as { template?: string }
      return { text: JSON.stringify({ ...JSON.parse(text), mode: template }) }
    })
  },
})
