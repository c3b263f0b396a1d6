import { green, red, yellow } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const f6 = defineProbe({
  id: 'F6',
  title: 'other methods than POST are taken',
  rule: 'Providers send with POST; every other method on the webhook is refused and has no effect.',
  source: [{ text: 'RFC 9110, 15.5.6', url: 'https://www.rfc-editor.org/rfc/rfc9110#section-15.5.6' }],
  guard: '2xx without an effect is advice only.',
  example: 'The route takes any method.',
  company: 'shared',
  needs: () => undefined,
  async run(rig) {
    let isTaken = false
    for (const provider of rig.providers) {
      for (const method of ['GET', 'PUT', 'DELETE']) {
        const buyer = rig.payment({ provider })
        const nothing = buyer.want()
        const { last } = await rig.deliver(buyer, 'cap', { method, attempts: 1 })
        const effect = await rig.judge(buyer, `an event that comes with ${method} takes effect`, nothing)
        if (effect) return effect
        if (last.status !== undefined && last.status >= 500 && last.status !== 501)
          return red(`${method} on the webhook ends in a server error`, { want: '404 or 405', got: `${last.status}` })
        isTaken ||= last.outcome === 'ok'
      }
    }
    return isTaken ? yellow('other methods are answered 2xx, without an effect') : green('only POST is taken')
  },
})
