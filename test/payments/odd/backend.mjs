// Correct card-pack backends in unusual styles, for trying that nothing of them is called wrong. STYLE holds the words.
// Everything is in memory: probes that kill the process are not for these.
import { createHash, createHmac, createVerify, timingSafeEqual } from 'node:crypto'
import { renameSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { crc32 } from 'node:zlib'
import Stripe from 'stripe'

const env = process.env
const styles = new Set((env.STYLE ?? '').split(' '))
const is = (style) => styles.has(style)
const price = { black: [5, 4999, 'usd'], silver: [5, 1999, 'usd'], sakura: [5, 500, 'jpy'] }
const secret = env.STRIPE_WEBHOOK_SECRET ?? ''
const base = new URL(env.STRIPE_API_BASE ?? 'http://127.0.0.1:1')
const stripe = new Stripe(env.STRIPE_SECRET_KEY ?? 'sk_test_none', {
  host: base.hostname,
  port: base.port,
  protocol: 'http',
  timeout: 8000,
  maxNetworkRetries: is('patient') ? 4 : 2,
})
const paypal = env.PAYPAL_API_BASE ?? ''

const payments = new Map()
const events = new Set()
const audits = []
const mails = new Set()
const customers = new Map()
const sessions = new Map()
const keys = new Map()
let serial = 0

class Refused extends Error {
  constructor(status, message) {
    super(message)
    this.status = status
  }
}

const audit = (event, target, user) =>
  audits.push({ n: ++serial, what: event, about: target, who: user ?? 'provider', when: Date.now() })

const pause = (ms) => new Promise((done) => setTimeout(done, ms))

function paymentOf(id) {
  if (!payments.has(id)) payments.set(id, { id, refunds: new Map(), cumulative: 0, disputes: new Map() })
  return payments.get(id)
}

function capture(id, amount, currency, metadata) {
  const payment = paymentOf(id)
  if (payment.captured) return
  const item = price[metadata?.pack]
  const fits = metadata?.user && item && item[1] === amount && item[2] === currency
  Object.assign(payment, { captured: true, amount, currency, user: metadata?.user, email: metadata?.email, fits, item })
  audit(fits ? 'captured' : 'misfit', id, metadata?.user)
  if (!fits && is('refunder') && id.startsWith('pi_'))
    stripe.refunds.create({ payment_intent: id }, { idempotencyKey: `misfit-${id}` }).catch(() => {})
  if (fits && activeOf(payment) > 0)
    mail(`receipt-${id}`, { to: metadata.email, template: 'receipt', subject: 'Your pack' })
}

const refundedOf = ({ refunds, cumulative }) =>
  Math.max(
    cumulative,
    [...refunds.values()].reduce((sum, each) => sum + each, 0),
  )

function refund(id, learn, user) {
  const payment = paymentOf(id)
  const before = refundedOf(payment)
  learn(payment)
  if (refundedOf(payment) > before) audit('refunded', id, payment.user ?? user)
}

function activeOf(payment) {
  if (!payment.fits) return 0
  const [size, amount] = payment.item
  const gone = refundedOf(payment)
  if (gone >= amount) return 0
  const states = [...payment.disputes.values()]
  if (states.includes('lost')) return 0
  if (!is('keeps-disputed') && states.includes('open')) return 0
  if (gone > 0 && is('revokes')) return 0
  if (gone > 0 && is('prorates')) return Math.floor(size * (1 - gone / amount))
  return size
}

function mail(key, content) {
  if (mails.has(key)) return
  mails.add(key)
  const name = createHash('sha256').update(key).digest('hex').slice(0, 20)
  const write = () => {
    writeFileSync(`${env.OUTBOX_DIR}/${name}.tmp`, JSON.stringify(content))
    renameSync(`${env.OUTBOX_DIR}/${name}.tmp`, `${env.OUTBOX_DIR}/${name}.json`)
  }
  if (is('worker')) setTimeout(write, 500)
  else write()
}

function genuineStripe(header = '', body) {
  const parts = header.split(',').map((part) => part.split('='))
  const time = parts.find(([name]) => name === 't')?.[1]
  if (!secret || !time || Math.abs(Date.now() / 1000 - Number(time)) > 300) return false
  const wanted = createHmac('sha256', secret).update(`${time}.`).update(body).digest('hex')
  return parts.some(
    ([name, given = '']) =>
      name === 'v1' && given.length === 64 && timingSafeEqual(Buffer.from(wanted), Buffer.from(given)),
  )
}

async function genuinePaypal(headers, body) {
  const of = (name) => headers[`paypal-${name}`] ?? ''
  const url = of('cert-url')
  if (!url.startsWith(`${paypal}/v1/notifications/certs/`) || /[@\\]|\.\./.test(url)) return false
  const answer = await fetch(url, { redirect: 'error' })
  if (answer.status !== 200) throw new Refused(503, 'no certificate')
  const signed = `${of('transmission-id')}|${of('transmission-time')}|${env.PAYPAL_WEBHOOK_ID}|${crc32(body)}`
  return createVerify('sha256')
    .update(signed)
    .verify(await answer.text(), of('transmission-sig'), 'base64')
}

const digits = { jpy: 0 }
const units = ({ value, currency_code: code }) => Math.round(Number(value) * 10 ** (digits[code.toLowerCase()] ?? 2))
const parse = (text) => {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

function applyStripe({ type, data: { object } }) {
  const { metadata, currency } = object
  const payment = object.payment_intent
  if (type === 'payment_intent.succeeded') capture(object.id, object.amount_received, currency, metadata)
  if (type.startsWith('checkout.session.') && object.payment_status === 'paid' && is('sessions'))
    capture(payment, object.amount_total, currency, metadata)
  if (type === 'charge.refunded' && !is('by-object'))
    refund(payment, (known) => (known.cumulative = Math.max(known.cumulative, object.amount_refunded)), metadata?.user)
  if (type === 'charge.refunded' && is('by-object'))
    return stripe.refunds.list({ payment_intent: payment, limit: 100 }).then(({ data }) =>
      refund(
        payment,
        (known) => {
          for (const each of data) known.refunds.set(each.id, each.amount)
        },
        metadata?.user,
      ),
    )
  if (type.startsWith('charge.dispute.')) {
    const known = paymentOf(payment)
    const state = ['won', 'lost'].includes(object.status) ? object.status : 'open'
    if (['won', 'lost'].includes(known.disputes.get(object.id))) return
    if (known.disputes.get(object.id) !== state) audit(`dispute ${state}`, payment, known.user)
    known.disputes.set(object.id, state)
  }
}

function applyPaypal({ event_type: type, resource }) {
  if (type === 'PAYMENT.CAPTURE.COMPLETED')
    capture(resource.id, units(resource.amount), resource.amount.currency_code.toLowerCase(), parse(resource.custom_id))
  if (type === 'PAYMENT.CAPTURE.REFUNDED' || type === 'PAYMENT.CAPTURE.REVERSED') {
    const up =
      resource.links
        ?.find(({ rel }) => rel === 'up')
        ?.href.split('/')
        .at(-1) ?? resource.id
    refund(up, (known) => known.refunds.set(resource.id, units(resource.amount)), parse(resource.custom_id).user)
  }
  if (type.startsWith('CUSTOMER.DISPUTE.')) {
    const id = resource.disputed_transactions[0].seller_transaction_id
    const outcome = resource.dispute_outcome?.outcome_code ?? ''
    const state = resource.status !== 'RESOLVED' ? 'open' : /SELLER/.test(outcome) ? 'won' : 'lost'
    const known = paymentOf(id)
    if (['won', 'lost'].includes(known.disputes.get(resource.dispute_id))) return
    if (known.disputes.get(resource.dispute_id) !== state) audit(`dispute ${state}`, id, known.user)
    known.disputes.set(resource.dispute_id, state)
  }
}

async function webhook(provider, headers, body) {
  const isGenuine =
    provider === 'stripe' ? genuineStripe(headers['stripe-signature'], body) : await genuinePaypal(headers, body)
  if (!isGenuine) {
    audit('rejected', 'hooks', 'nobody')
    throw new Refused(403, 'no')
  }
  const event = parse(body)
  const isShaped = provider === 'stripe' ? event?.data?.object && event.type : event?.resource && event.event_type
  if (!isShaped) throw new Refused(400, 'no event')
  if (provider === 'stripe' && event.livemode !== false) return [200, 'other mode']
  if (events.has(event.id)) return [200, 'known']
  const apply = async () => {
    await (provider === 'stripe' ? applyStripe(event) : applyPaypal(event))
  }
  events.add(event.id)
  if (is('worker')) {
    const work = () => apply().catch(() => setTimeout(work, 200))
    setTimeout(work, 1000)
    return [202, '']
  }
  try {
    await apply()
  } catch (error) {
    events.delete(event.id)
    throw new Refused(error.status ?? 503, 'later')
  }
  return [is('created') ? 201 : 200, 'done']
}

async function customerOf(user, email) {
  if (is('guests')) return undefined
  if (!customers.has(user)) {
    const making = stripe.customers.create({ email, metadata: { user } })
    customers.set(user, making)
    making.catch(() => customers.delete(user))
  }
  return (await customers.get(user)).id
}

async function open(user, email, pack, key) {
  const [, amount, currency] = price[pack]
  const metadata = { user, email, pack }
  const options = key && is('passes-keys') ? { idempotencyKey: key } : {}
  if (is('orders')) {
    const value = (amount / 10 ** (digits[currency] ?? 2)).toFixed(digits[currency] ?? 2)
    const answer = await fetch(`${paypal}/v2/checkout/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'paypal-request-id': key ?? `${user}-${Date.now()}-${++serial}` },
      body: JSON.stringify({
        intent: 'CAPTURE',
        purchase_units: [
          { amount: { value, currency_code: currency.toUpperCase() }, custom_id: JSON.stringify(metadata) },
        ],
      }),
    })
    if (answer.status !== 201) throw new Refused(502, 'no order')
    const order = await answer.json()
    return order.links.find(({ rel }) => rel === 'approve').href
  }
  if (is('intents')) {
    const intent = await stripe.paymentIntents.create(
      { amount, currency, metadata, automatic_payment_methods: { enabled: true } },
      options,
    )
    return `https://packs.example.test/pay/${intent.id}`
  }
  const customer = await customerOf(user, email)
  const session = await stripe.checkout.sessions.create(
    {
      mode: 'payment',
      ...(customer ? { customer } : { customer_email: email }),
      success_url: 'https://packs.example.test/done?session={CHECKOUT_SESSION_ID}',
      line_items: [{ quantity: 1, price_data: { currency, unit_amount: amount, product_data: { name: pack } } }],
      metadata,
      payment_intent_data: { metadata },
    },
    options,
  )
  if (is('expires-old')) {
    const before = sessions.get(user)
    sessions.set(user, session.id)
    if (before) await stripe.checkout.sessions.expire(before)
  }
  return session.url
}

async function checkout(headers, text) {
  const { user, email, pack } = parse(text)
  const key = headers['idempotency-key']
  if (!user || !email || !price[pack]) throw new Refused(422, 'user, email and pack')
  const print = `${user} ${email} ${pack}`
  const known = key && !is('passes-keys') ? keys.get(key) : undefined
  if (known && known.print !== print) throw new Refused(is('conflicts') ? 409 : 422, 'another request')
  if (known?.url) return [is('created') ? 201 : 200, { url: known.url }]
  if (known && is('conflicts')) throw new Refused(409, 'in progress')
  if (known) return [200, { url: await known.making }]
  const making = open(user, email, pack, key)
  const entry = { print, making }
  if (key && !is('passes-keys')) keys.set(key, entry)
  try {
    entry.url = await making
    return [is('created') ? 201 : 200, { url: entry.url, mocked: false }]
  } catch (error) {
    keys.delete(key)
    if (error.type === 'StripeIdempotencyError') throw new Refused(422, 'another request')
    if (error.statusCode === 409) throw new Refused(409, 'in progress')
    throw new Refused(error.statusCode === 402 ? 402 : 503, 'the provider cannot be used now')
  }
}

function notify(text) {
  if (text.length > 10_000) throw new Refused(413, 'too long')
  const { to, template, subject } = parse(text)
  const isAddress = typeof to === 'string' && to.length < 255 && /^[^@\s,;<>]+@[^@\s,;<>]+\.[a-z]+$/.test(to)
  if (!isAddress) throw new Refused(422, 'to')
  if (!['generic', 'receipt'].includes(template)) throw new Refused(422, 'template')
  mail(`notify-${++serial}`, { to, template, subject: String(subject).replace(/[\r\n]+/g, ' ') })
  return is('worker') ? [202, { queued: true }] : [200, { ok: true, mode: 'mock', sandbox: false, mocked: true }]
}

async function route({ method, url, headers }, body) {
  const path = new URL(url, 'http://x').pathname
  if (method === 'POST' && path === '/hooks/stripe') return webhook('stripe', headers, body)
  if (method === 'POST' && path === '/hooks/paypal') return webhook('paypal', headers, body)
  if (method === 'POST' && path === '/buy') return checkout(headers, body)
  if (method === 'POST' && path === '/mail') return notify(body.toString())
  if (method !== 'GET') throw new Refused(path === '/up' ? 405 : 501, 'no')
  const [, kind, id] = path.split('/')
  if (kind === 'up') return [200, { ok: true }]
  if (kind === 'packs') return [200, { n: payments.has(id) ? activeOf(payments.get(id)) : 0 }]
  if (kind === 'journal') return [200, audits.filter(({ about }) => about === id).slice(-30)]
  throw new Refused(404, 'no')
}

createServer(async (request, response) => {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  let [status, value] = [500, {}]
  try {
    ;[status, value] = await route(request, Buffer.concat(chunks))
  } catch (error) {
    status = error instanceof Refused ? error.status : 500
    value = is('text') ? error.message : { error: status === 500 ? 'internal' : error.message }
    if (status === 500) console.error(error)
  }
  if (is('slow')) await pause(300)
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  response.writeHead(status, { 'content-type': typeof value === 'string' ? 'text/plain' : 'application/json' })
  response.end(text)
}).listen(Number(env.PORT), '127.0.0.1')
