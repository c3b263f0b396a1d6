import { defineMutant } from './define.ts'
import { onAnswer } from './support/http.ts'

export const g4 = defineMutant({
  id: 'G4',
  defect: 'G4',
  summary: 'an error is answered with its stack',
  seen: 'card packs: "message": str(e)',
  wrap(app) {
    const stacks = new Map<string, string>()
    app.addHook('onError', async (request, _reply, error) => {
      stacks.set(String(request.id), error.stack ?? '')
    })
    onAnswer(app, /./, ({ status }, request) => {
      const stack = stacks.get(String(request.id))
      return status >= 400 && stack ? { text: JSON.stringify({ error: stack }) } : {}
    })
  },
})
