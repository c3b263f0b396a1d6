import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTransport } from 'nodemailer'
import { startSandbox } from './support.ts'

async function start(t: Parameters<typeof startSandbox>[0], auth?: { user: string; pass: string }) {
  const sandbox = await startSandbox(t, { smtpPort: 0 })
  const { hostname, port } = new URL(sandbox.smtpUrl!)
  const transport = createTransport({
    host: hostname,
    port: Number(port),
    secure: false,
    ignoreTLS: true,
    ...(auth && { auth }),
  })
  t.after(() => transport.close())
  return { sandbox, transport }
}

test('a mail with both parts, an attachment and a blind copy is kept whole', async (t) => {
  const { sandbox, transport } = await start(t)

  await transport.sendMail({
    from: 'Shöp <shop@example.test>',
    to: ['Ada <ada@example.test>', 'bob@example.test'],
    cc: 'c@example.test',
    bcc: 'hidden@example.test',
    subject: 'Grüße €19.00',
    text: 'Hällo',
    html: '<p>Hällo</p><img src="cid:logo">',
    headers: { 'X-Gatekit-Key': 'receipt/1', 'X-Tags': 'receipt, paid' },
    attachments: [{ filename: 'a.bin', content: Buffer.from([0, 255, 10]), cid: 'logo' }],
  })

  const [message] = sandbox.messages.list()
  assert.deepEqual(
    [message?.from, message?.to, message?.cc, message?.bcc, message?.subject],
    [
      'Shöp <shop@example.test>',
      ['Ada <ada@example.test>', 'bob@example.test'],
      ['c@example.test'],
      ['hidden@example.test'],
      'Grüße €19.00',
    ],
  )
  assert.deepEqual([message?.text?.trim(), message?.html?.includes('Hällo')], ['Hällo', true])
  assert.deepEqual(
    message?.attachments.map(({ name, bytes, contentId }) => [name, bytes, contentId]),
    [['a.bin', 3, 'logo']],
  )
  assert.deepEqual(
    [message?.headers['x-gatekit-key'], message?.tags],
    ['receipt/1', { receipt: 'receipt', paid: 'paid' }],
  )
  await sandbox.advance(1000)
  assert.equal(message?.status, 'delivered')
})

test('one idempotency header is one mail, with another content it is refused', async (t) => {
  const { sandbox, transport } = await start(t)
  const mail = {
    from: 'a@b.test',
    to: 'ada@example.test',
    subject: 'x',
    text: 'x',
    date: new Date(0),
    messageId: '<1@b.test>',
    headers: { 'Resend-Idempotency-Key': 'k' },
  }

  await transport.sendMail(mail)
  await transport.sendMail(mail)
  await assert.rejects(transport.sendMail({ ...mail, text: 'y' }), /550/)

  assert.equal(sandbox.messages.list().length, 1)
})

test('the user name chooses the namespace', async (t) => {
  const { sandbox, transport } = await start(t, { user: 'worker-1', pass: 'any' })

  await transport.sendMail({ from: 'a@b.test', to: 'ada@example.test', subject: 'x', text: 'x' })

  assert.deepEqual(
    sandbox.messages.list().map(({ namespace }) => namespace),
    ['worker-1'],
  )
})

test('200 mails over several connections all arrive', async (t) => {
  const { sandbox } = await start(t)
  const { hostname, port } = new URL(sandbox.smtpUrl!)
  const pool = createTransport({ host: hostname, port: Number(port), pool: true, maxConnections: 8, ignoreTLS: true })
  t.after(() => pool.close())

  await Promise.all(
    Array.from({ length: 200 }, (_, index) =>
      pool.sendMail({ from: 'a@b.test', to: `u${index}@example.test`, subject: 'x', text: 'x' }),
    ),
  )

  assert.equal(new Set(sandbox.messages.list().map(({ to }) => to[0])).size, 200)
})

test('nothing listens on SMTP unless asked', async (t) => {
  const sandbox = await startSandbox(t)

  assert.equal(sandbox.smtpUrl, undefined)
})
