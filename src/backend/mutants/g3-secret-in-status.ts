import { defineMutant } from './define.ts'
import { onAnswer } from './support/http.ts'

export const g3 = defineMutant({
  id: 'G3',
  defect: 'G3',
  summary: 'the status endpoint shows the configuration as it is',
  seen: 'flexprice: GET config returns webhook_config.secret',
  wrap(app, { env }) {
    onAnswer(app, /^\/status$/, ({ text }) => ({
      text: JSON.stringify({ ...JSON.parse(text), webhook_config: { secret: env.STRIPE_WEBHOOK_SECRET } }),
    }))
  },
})
