import { defineContentCheck } from './define.ts'

const kinds: readonly [string, RegExp][] = [
  ['a Stripe secret key', /\b[sr]k_(?:live|test)_\w{6,}/],
  ['a webhook signing secret', /\bwhsec_[\w+/=]{6,}/],
  ['a Resend key', /\bre_[A-Za-z0-9]{8}_\w{16,}/],
  ['a SendGrid key', /\bSG\.[\w-]{10,}\.[\w-]{10,}/],
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ['a database address with a password', /\b(?:postgres(?:ql)?|redis|mysql):\/\/[^\s:@/]*:[^\s@/]+@/],
  ['a card number', /\b(?:4242 ?){4}\b|\b4000(?: ?\d{4}){3}\b/],
]

/** The finding names the kind and never the value. */
export const secrets = defineContentCheck({
  name: 'secrets',
  summary: 'no key, signing secret or card number goes out',
  example: { content: { channel: 'mail', subject: 'x', text: `Key: ${'sk_live'}_${'0'.repeat(24)}` } },
  check: ({ subject, text = '', html = '' }) =>
    Object.entries({ subject, text, html }).flatMap(([part, content]) =>
      kinds.filter(([, pattern]) => pattern.test(content)).map(([what]) => `${part}: ${what}`),
    ),
})
