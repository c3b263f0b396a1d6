import { defineMutant } from './define.ts'
import { atTheDoor, webhooks } from './support/http.ts'

export const g2 = defineMutant({
  id: 'G2',
  defect: 'G2',
  summary: 'the signing secret and the headers are logged',
  wrap(app, { env }) {
    atTheDoor(app, webhooks, async ({ headers }) => {
      process.stdout.write(`verify ${JSON.stringify(headers)} with ${env.STRIPE_WEBHOOK_SECRET}\n`)
      return undefined
    })
  },
})
