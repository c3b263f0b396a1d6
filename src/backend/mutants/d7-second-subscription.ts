import { defineMutant } from './define.ts'
import { insteadOf } from './support/http.ts'

export const d7 = defineMutant({
  id: 'D7',
  defect: 'D7',
  summary: 'a subscriber gets another subscription when asking for one',
  seen: 'versiful: two active subscriptions fifteen minutes apart',
  wrap(app, { backend }) {
    insteadOf(app, 'POST', /^\/checkout$/, async (request) => {
      const { user, plan } = (request.body ?? {}) as { user?: string; plan?: string }
      if (!plan || !user) return undefined
      await backend.database.query('update users set is_subscribed = false where user_id = $1', [user])
      await backend.database.query("update checkouts set state = 'expired' where user_id = $1 and state = 'open'", [
        user,
      ])
      return undefined
    })
  },
})
