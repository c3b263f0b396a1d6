import { jsonOf } from '../checkout/checkout.ts'
import { mailRequest } from '../mailbox/notify.ts'
import { green, red, unmeasured, yellow } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** `mode` says how mails are sent; the adapters' answer has it beside `ok`, `sandbox` and `mocked`. */
export const h9 = defineProbe({
  id: 'H9',
  title: 'answer drifted from its contract',
  rule: 'The answer to a mail says ok as true or false, and in mode how mails are sent, not what was sent.',
  source: [{ text: 'Stage 6 adapters: {"ok", "mode", "sandbox", "mocked", "path"}' }],
  guard: 'Only fields that are there are judged; an answer of another shape is no drift of this one.',
  example: '{"ok": true, "mode": "generic"}: the template’s name where the mode belongs.',
  company: 'shared',
  needs: ({ facts }) => (facts.notify ? undefined : 'facts.notify'),
  async run(rig) {
    const answers = []
    for (const template of ['generic', 'receipt']) {
      const answer = await rig.request(mailRequest(rig, { template }))
      if (answer.outcome === 'ok') answers.push({ template, body: jsonOf(answer) })
    }
    if (answers.length === 0) return unmeasured('an ordinary mail was refused')
    if (answers.some(({ template, body }) => body?.mode === template))
      return red('mode carries the name of the template', {
        want: 'how mails are sent: mock, sandbox or live',
        got: 'the name of the template',
        harm: 'nobody can tell from the answer whether a mail was really sent',
      })
    if (answers.some(({ body }) => body !== undefined && 'ok' in body && typeof body.ok !== 'boolean'))
      return yellow('ok is neither true nor false')
    return green('the answer means what its fields say')
  },
})
