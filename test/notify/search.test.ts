import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Message } from '../../src/notify/message.ts'
import { search } from '../../src/notify/search.ts'

const blank: Message = {
  id: 'm0',
  provider: 'resend',
  channel: 'mail',
  namespace: 'default',
  from: 'Shop <shop@example.test>',
  to: ['ada@example.test'],
  cc: [],
  bcc: [],
  subject: 'Your receipt',
  text: 'Order 42',
  headers: {},
  attachments: [],
  tags: { template: 'receipt', order: '42' },
  receivedAt: Date.UTC(2026, 0, 1),
  status: 'delivered',
  steps: [],
  extra: {},
} // prettier-ignore
const messages: Message[] = [
  { ...blank, id: 'm1', key: 'k1', cause: 'evt_1' },
  {
    ...blank,
    id: 'm2',
    to: ['bob@example.test'],
    subject: 'Welcome aboard',
    cc: ['ada@example.test'],
    tags: {},
    status: 'bounced',
  },
  {
    ...blank,
    id: 'm3',
    receivedAt: Date.UTC(2026, 5, 1),
    attachments: [{ name: 'a', type: 'x', bytes: 30_000, sha256: '' }],
    provider: 'twilio',
  },
]
const ids = (query: string): string[] => search(messages, query).map(({ id }) => id)

const cases: [string, string[]][] = [
  ['', ['m1', 'm2', 'm3']],
  ['receipt', ['m1', 'm3']],
  ['"welcome aboard"', ['m2']],
  ['to:ada', ['m1', 'm3']],
  ['addressed:ada', ['m1', 'm2', 'm3']],
  ['cc:ada subject:welcome', ['m2']],
  ['subject:"welcome aboard"', ['m2']],
  ['-to:ada', ['m2']],
  ['!to:bob', ['m1', 'm3']],
  ['tag:42', ['m1', 'm3']],
  ['var.order:42', ['m1', 'm3']],
  ['var.order:4', []],
  ['template:receipt', ['m1', 'm3']],
  ['template:rec', []],
  ['key:k1', ['m1']],
  ['cause:evt_1', ['m1']],
  ['provider:twilio', ['m3']],
  ['status:bounced', ['m2']],
  ['message-id:m2', ['m2']],
  ['has:attachment', ['m3']],
  ['larger:20k', ['m3']],
  ['smaller:20k', ['m1', 'm2']],
  ['before:2026-03-01', ['m1', 'm2']],
  ['after:2026-03-01', ['m3']],
  ['TO:ADA RECEIPT', ['m1', 'm3']],
]
for (const [query, expected] of cases) {
  test(`search ${query || '(nothing)'} finds ${expected.join(', ') || 'nothing'}`, () => {
    assert.deepEqual(ids(query), expected)
  })
}

test('an operator or value that is not known is an error, not an empty answer', () => {
  for (const query of ['too:ada', 'is:read', 'before:soon', 'larger:big', 'x'.repeat(2001)])
    assert.throws(() => ids(query), { exitCode: 2 }, query)
})
