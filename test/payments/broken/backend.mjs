// A payment backend with a switch per defect, for tests of the probes: BUG=A1,B4. Without BUG it is meant to be correct.
import { createHmac } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'

const { PORT, DATA_DIR = './data', MAIL_DIR = './mails', STRIPE_WEBHOOK_SECRET: secret, BUG = '' } = process.env
const bugs = new Set(BUG.split(','))
const has = (id) => bugs.has(id)
const wait = (ms) => new Promise((done) => setTimeout(done, ms))
if (!secret && !has('A2')) throw new Error('STRIPE_WEBHOOK_SECRET is missing')

const file = join(DATA_DIR, 'state.json')
mkdirSync(DATA_DIR, { recursive: true })
mkdirSync(MAIL_DIR, { recursive: true })
const state = existsSync(file)
  ? JSON.parse(readFileSync(file, 'utf8'))
  : { events: {}, payments: {}, subscriptions: {}, cards: [], audit: [] }
if (has('B2')) state.events = {}
const cached = new Set()

function save() {
  statSync(DATA_DIR)
  writeFileSync(`${file}.tmp`, JSON.stringify(state))
  renameSync(`${file}.tmp`, file)
}

/** All or nothing: what fails half way is taken back. */
async function transaction(work) {
  const before = structuredClone(state)
  try {
    const result = await work()
    save()
    return result
  } catch (error) {
    Object.assign(state, before)
    throw error
  }
}

function paymentOf(id) {
  state.payments[id] ??= { id, refunded: 0, disputes: {} }
  return state.payments[id]
}
const cardsOf = (payment) => state.cards.filter((card) => card.payment_id === payment)

function grant(payment, user) {
  for (let at = 0; at < 5; at++)
    state.cards.push({ id: `${payment}-${state.cards.length}`, payment_id: payment, user, revoked: false })
}

function refresh(id) {
  const payment = paymentOf(id)
  const isOpen = Object.values(payment.disputes).some((status) => status !== 'won')
  const isGone = payment.amount !== undefined && payment.refunded >= payment.amount
  for (const card of cardsOf(id)) card.revoked = isGone || isOpen
}

function mail(payment, user) {
  statSync(MAIL_DIR)
  writeFileSync(join(MAIL_DIR, `${payment}.json`), JSON.stringify({ to: `${user}@example.com`, payment }))
}

function capture(id, { amount, currency, metadata }) {
  const payment = paymentOf(id)
  const { user, pack } = has('F4') ? { user: metadata.user.trim(), pack: metadata.pack } : (metadata ?? {})
  if (typeof user !== 'string' || user === '' || pack !== 'black') return
  if (amount !== 4999 || currency !== 'usd') return
  if (payment.captured && !has('B1') && !has('B3')) return
  payment.captured = true
  payment.amount = amount
  grant(id, user)
  if (!has('C1')) refresh(id)
  mail(id, user)
}

function subscriptionState(object, status, created) {
  state.subscriptions[object.id] ??= { id: object.id, rank: -1, status: 'none' }
  const known = state.subscriptions[object.id]
  const rank = { incomplete: 0, active: 1, past_due: 1, canceled: 9 }[status] ?? 0
  const isStale = rank < known.rank && !has('C2') && !(has('C6') && created === known.created)
  if (isStale) return
  Object.assign(known, { rank, status, created, user: object.metadata?.user ?? known.user })
  const isActive = ['active', 'trialing', 'past_due'].includes(status)
  if (isActive && cardsOf(object.id).length === 0) grant(object.id, known.user)
  for (const card of cardsOf(object.id)) card.revoked = !isActive
}

const handlers = {
  'payment_intent.succeeded': ({ object }) => capture(object.id, object),
  'payment_intent.payment_failed': ({ object }) => {
    if (has('C5')) for (const card of cardsOf(object.id)) card.revoked = true
  },
  'checkout.session.completed': ({ object }) => {
    if (object.mode !== 'payment' || (object.payment_status !== 'paid' && !has('D1'))) return
    capture(object.payment_intent, {
      amount: object.amount_total,
      currency: object.currency,
      metadata: object.metadata,
    })
  },
  'charge.refunded': ({ object }) => {
    const known = state.payments[object.payment_intent]?.captured
    if (has('C1') && !known) return
    if (has('B12') && !known) throw Object.assign(new Error('unknown payment'), { status: 404 })
    const payment = paymentOf(object.payment_intent)
    payment.refunded = has('C3') ? object.amount_refunded : Math.max(payment.refunded, object.amount_refunded)
    refresh(payment.id)
  },
  'charge.dispute.created': ({ object }) => {
    const { disputes, id } = paymentOf(object.payment_intent)
    disputes[object.id] ??= 'open'
    refresh(id)
  },
  'charge.dispute.closed': ({ object }) => {
    const { disputes, id } = paymentOf(object.payment_intent)
    disputes[object.id] = object.status
    refresh(id)
  },
  'customer.subscription.created': ({ object }, created) => subscriptionState(object, object.status, created),
  'customer.subscription.updated': ({ object }, created) => subscriptionState(object, object.status, created),
  'customer.subscription.deleted': ({ object }, created) => subscriptionState(object, 'canceled', created),
  'invoice.payment_succeeded': ({ object }) => {
    const id = object.subscription ?? object.parent?.subscription_details?.subscription
    const metadata = object.subscription_details?.metadata ?? object.parent?.subscription_details?.metadata
    if (has('C4')) subscriptionState({ id, metadata }, 'active', 1e12)
    if (has('C4')) for (const card of cardsOf(id)) card.revoked = false
  },
}

function isGenuine(header, body, event) {
  if (has('A1')) return true
  if (has('A2') && !secret) return true
  if (has('A3')) return header !== undefined
  if (has('A17') && event?.id?.startsWith('evt_test_')) return true
  if (has('A14') && event?.type !== 'payment_intent.succeeded') return true
  const parts = String(header ?? '')
    .split(',')
    .map((part) => part.split('='))
  const time = parts.find(([name]) => name === 't')?.[1]
  if (!time || (!has('A6') && Math.abs(Date.now() / 1000 - Number(time)) > 300)) return false
  const signed = has('A5') ? JSON.stringify(JSON.parse(body)) : body
  const payload = has('A4') ? signed : `${time}.${signed}`
  const expected = createHmac('sha256', secret).update(payload).digest('hex')
  const schemes = parts.filter(([name]) => (has('A7') ? /^v\d$/ : /^v1$/).test(name)).map(([, value]) => value)
  return (has('A8') ? schemes.slice(0, 1) : schemes).includes(expected)
}

async function work(event) {
  const handler = handlers[event.type]
  if (!handler) {
    if (has('B11')) throw Object.assign(new Error('unknown type'), { status: 400 })
    return
  }
  if (has('B4') || has('B5')) {
    const id = event.data.object.payment_intent ?? event.data.object.id
    const seen = has('B4') ? state.events[event.id] : cardsOf(id).length > 0
    await wait(5)
    if (!seen && state.payments[id]) state.payments[id].captured = false
  }
  handler(event.data, event.created)
}

async function process_(event) {
  const isSeen = has('B1') ? false : has('B14') ? cached.has(event.id) : state.events[event.id]
  if (isSeen) return has('B10') ? 409 : 200
  if (has('B14')) {
    cached.add(event.id)
    if (cached.size > 200) cached.delete(cached.values().next().value)
    if (state.payments[event.data.object.id]) state.payments[event.data.object.id].captured = false
  }
  if (has('B6')) {
    state.events[event.id] = true
    await transaction(() => work(event))
    return 200
  }
  if (has('B9')) {
    if (state.payments[event.data.object.id]) state.payments[event.data.object.id].captured = false
    await work(event)
    save()
    await wait(40)
    state.events[event.id] = true
    save()
    return 200
  }
  if (has('B4') || has('B5')) {
    await work(event)
    state.events[event.id] = true
    save()
    return 200
  }
  await transaction(async () => {
    if (has('B2') && state.payments[event.data.object.id]) state.payments[event.data.object.id].captured = false
    await work(event)
    state.events[event.id] = true
  })
  return 200
}

async function webhook(header, body) {
  if (has('A15')) {
    try {
      const { id } = JSON.parse(body)
      if (state.events[id]) return 200
      state.events[id] = true
      if (!isGenuine(header, body)) return 401
      delete state.events[id]
    } catch {
      return 400
    }
  }
  let event
  try {
    event = JSON.parse(body)
  } catch {
    if (has('F1')) throw new Error('bad JSON')
  }
  if (!isGenuine(header, body, event)) return 401
  if (has('A19') && (body.length > 20_000 || /[^\x00-\x7f]/.test(body))) return 400
  if (has('F8') && Object.keys(event ?? {}).some((key) => key.startsWith('brand'))) return 400
  if (!has('F1') && (typeof event?.type !== 'string' || typeof event?.data?.object !== 'object' || !event.data.object))
    return 400
  if (event.livemode && !has('A25')) return 200
  if (has('B7')) {
    const copy = event
    setTimeout(() => process_(copy).catch(() => {}), 60)
    return 200
  }
  if (has('B17')) await wait(7_000)
  try {
    return await process_(event)
  } catch (error) {
    if (has('B8')) return 200
    return error.status ?? 500
  }
}

createServer((request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', async () => {
    const body = Buffer.concat(chunks).toString()
    const { pathname } = new URL(request.url, 'http://x')
    const send = (status, value) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    try {
      if (pathname === '/health') {
        statSync(DATA_DIR)
        return send(200, {})
      }
      const user = /^\/users\/([^/]+)\/cards$/.exec(pathname)?.[1]
      if (user) return send(200, { cards: state.cards.filter((card) => card.user === user) })
      if (pathname !== '/webhooks/stripe') return send(404, {})
      if (request.method !== 'POST' && !has('F6')) return send(405, {})
      if (body.length > 2_000_000) return has('F2') ? undefined : send(413, {})
      const status = await webhook(request.headers['stripe-signature'], body)
      send(status, {})
    } catch {
      send(500, {})
    }
  })
}).listen(Number(PORT), '127.0.0.1')
