import { invalid, notFound, unprocessable } from './error.ts'
import { type Money, minorUnits, moneyOf } from './money.ts'
import { type Link, paypalId, type Resource, type Resources } from './resources.ts'

export interface PaymentWorld {
  resources: Resources
  url(): string
  draw(): number
  /** A buyer has to approve an order before it is captured. */
  needsApproval?: boolean
  /** ISO 8601. */
  now(): string
}

interface Unit {
  amount?: Money
  custom_id?: string
  reference_id?: string
  invoice_id?: string
  payments?: { captures: Resource[] }
}

/** Takes an order. Rules: developer.paypal.com/docs/api/orders/v2. */
export function createOrder(world: PaymentWorld, body: Readonly<Record<string, unknown>>): Resource {
  const units = body.purchase_units
  const isPriced = Array.isArray(units) && units.length > 0 && units.every((unit: Unit) => isMoney(unit?.amount))
  if (!isPriced) throw invalid('purchase_units: each needs an amount with value and currency_code')
  const id = paypalId(world.draw)
  const order = {
    id,
    intent: body.intent ?? 'CAPTURE',
    status: 'CREATED',
    purchase_units: units.map((unit: Unit, at) => ({ reference_id: at === 0 ? 'default' : String(at), ...unit })),
    ...(body.payment_source !== undefined && { payment_source: body.payment_source }),
    ...(body.application_context !== undefined && { application_context: body.application_context }),
    create_time: world.now(),
    links: orderLinks(world, id),
  }
  world.resources.put('order', order)
  return order
}

export function captureOrder(world: PaymentWorld, id: string): Resource {
  const order = world.resources.get('order', id)
  if (!order) throw notFound(id)
  if (order.status === 'COMPLETED') throw unprocessable('ORDER_ALREADY_CAPTURED', 'Order already captured.')
  if (world.needsApproval && order.status !== 'APPROVED')
    throw unprocessable('ORDER_NOT_APPROVED', 'Payer has not yet approved the Order for payment.')
  const units = (order.purchase_units as Unit[]).map((unit) => ({
    ...unit,
    payments: { captures: [capture(world, id, unit)] },
  }))
  const completed = { ...order, status: 'COMPLETED', purchase_units: units, update_time: world.now() }
  world.resources.put('order', completed)
  return completed
}

function capture(world: PaymentWorld, orderId: string, { amount, custom_id, invoice_id }: Unit): Resource {
  const id = paypalId(world.draw)
  const made = {
    id,
    status: 'COMPLETED',
    amount,
    final_capture: true,
    ...(custom_id !== undefined && { custom_id }),
    ...(invoice_id !== undefined && { invoice_id }),
    supplementary_data: { related_ids: { order_id: orderId } },
    create_time: world.now(),
    update_time: world.now(),
    links: [
      link(world, `/v2/payments/captures/${id}`, 'self'),
      link(world, `/v2/payments/captures/${id}/refund`, 'refund', 'POST'),
      link(world, `/v2/checkout/orders/${orderId}`, 'up'),
    ],
  }
  world.resources.put('capture', made)
  return made
}

/** Refunds at most what is left of a capture. Rules: developer.paypal.com/docs/api/payments/v2. */
export function refundCapture(world: PaymentWorld, id: string, body: Readonly<Record<string, unknown>>): Resource {
  const { resources } = world
  const captured = resources.get('capture', id)
  if (!captured || !isMoney(captured.amount)) throw notFound(id)
  const { amount: paid } = captured
  const left = minorUnits(paid) - refundedOf(resources, id)
  if (left <= 0 || captured.status === 'REFUNDED')
    throw unprocessable('CAPTURE_FULLY_REFUNDED', 'The capture has already been fully refunded.')
  const wanted = body.amount === undefined ? moneyOf(left, paid.currency_code) : body.amount
  if (!isMoney(wanted)) throw invalid('amount: value and currency_code are needed')
  if (wanted.currency_code !== paid.currency_code)
    throw unprocessable('CURRENCY_MISMATCH', 'The currency is not the one of the capture.')
  const amount = minorUnits(wanted)
  if (!(amount > 0)) throw invalid('amount.value is not an amount')
  if (amount > left) throw unprocessable('REFUND_AMOUNT_EXCEEDED', 'The refund is more than what is left.')
  const refund = {
    id: paypalId(world.draw),
    status: 'COMPLETED',
    amount: wanted,
    ...(captured.custom_id !== undefined && { custom_id: captured.custom_id }),
    create_time: world.now(),
    update_time: world.now(),
    links: [link(world, `/v2/payments/captures/${id}`, 'up')],
  }
  const made = { ...refund, links: [link(world, `/v2/payments/refunds/${refund.id}`, 'self'), ...refund.links] }
  resources.put('refund', made)
  resources.patch('capture', id, { status: amount === left ? 'REFUNDED' : 'PARTIALLY_REFUNDED' })
  return made
}

/** What the refunds of a capture add up to, those that were put there included. */
function refundedOf(resources: Resources, capture: string): number {
  return resources
    .list('refund')
    .filter(({ links }) =>
      (links as Link[] | undefined)?.some(({ rel, href }) => rel === 'up' && href.endsWith(`/${capture}`)),
    )
    .reduce((sum, { amount }) => sum + (isMoney(amount) ? minorUnits(amount) : 0), 0)
}

const isMoney = (value: unknown): value is Money =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as Money).value === 'string' &&
  typeof (value as Money).currency_code === 'string'

const orderLinks = (world: PaymentWorld, id: string): Link[] => [
  link(world, `/v2/checkout/orders/${id}`, 'self'),
  link(world, `/checkoutnow?token=${id}`, 'approve'),
  link(world, `/v2/checkout/orders/${id}`, 'update', 'PATCH'),
  link(world, `/v2/checkout/orders/${id}/capture`, 'capture', 'POST'),
]

const link = (world: PaymentWorld, path: string, rel: string, method = 'GET'): Link => ({
  href: world.url() + path,
  rel,
  method,
})
