import { jsonOf } from '../checkout/checkout.ts'
import { mailRequest } from '../mailbox/notify.ts'
import { green, red, yellow } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** Live mode without a provider has nobody to send anything. */
export const h6 = defineProbe({
  id: 'H6',
  title: 'live mode reports success without sending',
  rule: 'In live mode a mail is handed to a provider, or the answer says that it was not.',
  source: [{ text: 'openinterview: NOTIFY_MODE=live answered ok: true and wrote a file' }],
  guard: 'Not starting, any answer but 2xx and ok: false are fine; 202, and a 2xx that does not say ok, are YELLOW.',
  example: '{"ok": true, "mode": "live"} and nothing but a file in the outbox.',
  company: 'restarts',
  needs: ({ facts, target }) => {
    if (target.start === undefined) return 'target.start'
    if (!facts.notify) return 'facts.notify'
    return facts.notify.liveEnv ? undefined : 'facts.notify.live_env'
  },
  async run(rig) {
    const changes = rig.contract.facts.notify?.liveEnv ?? {}
    return rig.withEnvironment(changes, { expectReady: false }, async ({ running }) => {
      if (!running) return green('without a provider it does not start in live mode')
      const mark = rig.double.mark()
      const attempt = await rig.request(mailRequest(rig))
      if (rig.double.calls({ after: mark }).length > 0) return green('a provider was called')
      if (attempt.outcome !== 'ok') return green(`answered ${attempt.status ?? attempt.trouble}`)
      const { ok } = jsonOf(attempt) ?? {}
      if (ok === false) return green('the answer says that nothing was sent')
      if (ok !== true || attempt.status === 202) return yellow('accepted in live mode without a provider to send it')
      return red('a mail that nobody could send was reported as sent', {
        want: 'ok: false, or an answer other than 2xx',
        got: `${attempt.status} with ok: true`,
        harm: 'customers wait for mails that never come, and nobody knows',
      })
    })
  },
})
