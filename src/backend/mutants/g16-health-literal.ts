import { defineMutant } from './define.ts'
import { atTheDoor } from './support/http.ts'

export const g16 = defineMutant({
  id: 'G16',
  defect: 'G16',
  summary: 'health says that all is well whatever is',
  seen: 'card packs: the literal "connected"',
  wrap(app) {
    atTheDoor(app, /^\/health$/, async () => ({
      status: 'ok',
      services: { database: 'connected', redis: 'connected' },
    }))
  },
})
