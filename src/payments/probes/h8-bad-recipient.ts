import { jsonOf } from '../checkout/checkout.ts'
import { freshWord, mailRequest } from '../mailbox/notify.ts'
import { green, red, unmeasured } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** What is no address cannot be sent to. */
export const h8 = defineProbe({
  id: 'H8',
  title: 'bad recipient accepted',
  rule: 'A recipient is one address; two of them, none and one of 400 characters are refused.',
  source: [
    {
      text: 'RFC 5321, 4.5.3.1: an address has at most 254 characters',
      url: 'https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1',
    },
  ],
  guard: 'Any refusal is fine, ok: false included.',
  example: '"to": "a@b.test,c@d.test" taken and sent to both.',
  company: 'shared',
  needs: ({ facts }) => {
    if (!facts.notify) return 'facts.notify'
    const body = JSON.stringify(facts.notify.request.body)
    return body.includes('{email}') ? undefined : '{email} in facts.notify.request.body'
  },
  async run(rig) {
    const control = await rig.request(mailRequest(rig))
    if (control.outcome !== 'ok') return unmeasured('an ordinary mail was refused')
    const word = freshWord()
    const recipients: [what: string, email: string][] = [
      ['two addresses', `${word}@example.com,${word}@example.org`],
      ['no address', ''],
      ['400 characters', `${word.padEnd(388, 'x')}@example.com`],
      ['text without @', word],
    ]
    for (const [what, email] of recipients) {
      const attempt = await rig.request(mailRequest(rig, { email }))
      if (attempt.outcome === 'info')
        return red(`${what} as the recipient broke the request`, {
          want: '422',
          got: String(attempt.status ?? attempt.trouble),
        })
      if (attempt.outcome === 'ok' && jsonOf(attempt)?.ok !== false)
        return red(`${what} was accepted as a recipient`, {
          want: '422',
          got: String(attempt.status),
          harm: 'mails go to nobody, or to somebody else too',
        })
    }
    return green(`${recipients.length} bad recipients were refused`)
  },
})
