import type { Attempt } from '../rig/define.ts'
import { green, red, yellow } from '../verdict.ts'
import { defineProbe } from './define.ts'

const bodies = [
  '{',
  '',
  'null',
  '[]',
  '"x"',
  '{"type":1}',
  '{"id":"evt_x","object":"event","type":"payment_intent.succeeded","data":{}}',
  'not json',
  '{"a":"\\ud800"}',
]

export const f1 = defineProbe({
  id: 'F1',
  title: 'malformed bodies end in a server error',
  rule: 'What is no event is refused as the sender’s mistake: 4xx, never 5xx and never no answer.',
  source: [
    { text: 'peydot #301' },
    { text: 'RFC 9110, 15.5.1', url: 'https://www.rfc-editor.org/rfc/rfc9110#section-15.5.1' },
  ],
  guard: '2xx without an effect is advice only.',
  example: 'JSON.parse throws, or event.data.object is read of null.',
  company: 'shared',
  needs: () => undefined,
  async run(rig) {
    const accepted: string[] = []
    for (const provider of rig.providers) {
      for (const raw of bodies) {
        const buyer = rig.payment({ provider })
        const { last } = await rig.deliver(buyer, 'cap', { raw, attempts: 1 })
        if (isBroken(last))
          return red('a body that is no event ends in a server error', {
            want: 'an answer 4xx',
            got: last.status === undefined ? `no answer (${last.trouble})` : `${last.status}`,
            details: { body: raw },
          })
        if (last.outcome === 'ok' && !raw.startsWith('{"id"')) accepted.push(raw)
      }
    }
    const buyer = rig.payment()
    await rig.deliver(buyer, 'cap')
    const lost = await rig.judge(buyer, 'after malformed bodies a genuine capture has no effect')
    if (lost) return lost
    if (accepted.length > 0) return yellow('bodies that are no events are answered 2xx, without an effect')
    return green('malformed bodies are refused')
  },
})

const isBroken = ({ status, trouble }: Attempt): boolean =>
  status === undefined ? trouble !== undefined : status >= 500
