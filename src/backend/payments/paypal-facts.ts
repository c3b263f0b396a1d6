import { z } from 'zod'
import type { PaypalEvent } from '../webhooks/paypal-event.ts'
import { buyerOf, isRecord, textOf } from './buyer.ts'
import type { Buyer, Fact } from './facts.ts'
import { minorUnits } from './minor-units.ts'

type Reader = (resource: Record<string, unknown>) => Fact[]

/** Which of PayPal's events mean something here. */
export const paypalReaders: Record<string, Reader> = {
  'PAYMENT.CAPTURE.COMPLETED': captured,
  'PAYMENT.CAPTURE.PENDING': state('pending'),
  'PAYMENT.CAPTURE.DENIED': state('failed'),
  'PAYMENT.CAPTURE.DECLINED': state('failed'),
  'PAYMENT.CAPTURE.REFUNDED': refunded,
  'PAYMENT.CAPTURE.REVERSED': refunded,
  'PAYMENT.SALE.REFUNDED': refunded,
  'PAYMENT.SALE.REVERSED': refunded,
  'PAYMENT.REFUND.FAILED': refundFailed,
  'CUSTOMER.DISPUTE.CREATED': disputed,
  'CUSTOMER.DISPUTE.UPDATED': disputed,
  'CUSTOMER.DISPUTE.RESOLVED': disputed,
}

/** What a PayPal event says has happened. Throws a ZodError for a resource that lacks what its type always has. */
export const factsOfPaypal = (event: PaypalEvent): Fact[] => paypalReaders[event.event_type]?.(event.resource) ?? []

const id = z.string().min(1).max(255)
const money = z
  .object({
    value: z.string().optional(),
    total: z.string().optional(),
    currency_code: z.string().optional(),
    currency: z.string().optional(),
  })
  .transform(({ value, total, currency_code, currency }, context) => {
    const code = (currency_code ?? currency ?? '').toLowerCase()
    const amount = minorUnits(value ?? total, code)
    if (amount !== undefined) return { amount, currency: code }
    context.addIssue({ code: 'custom', message: 'not an amount of money' })
    return z.NEVER
  })

const capture = z.object({ id, amount: money, custom_id: z.unknown().optional(), payer: z.unknown().optional() })

function captured(resource: Record<string, unknown>): Fact[] {
  const { id: payment, amount, custom_id } = capture.parse(resource)
  return [{ kind: 'captured', payment, ...amount, buyer: buyerOfCustomId(custom_id), aliases: [] }]
}

function state(kind: 'pending' | 'failed'): Reader {
  return (resource) => {
    const { id: payment, custom_id } = z.object({ id, custom_id: z.unknown().optional() }).parse(resource)
    return [{ kind, payment, buyer: buyerOfCustomId(custom_id), aliases: [] }]
  }
}

/** `custom_id` is one text; ours is a JSON object with the same fields as Stripe's metadata. */
function buyerOfCustomId(customId: unknown): Buyer {
  if (typeof customId !== 'string') return {}
  try {
    return buyerOf(JSON.parse(customId))
  } catch {
    return {}
  }
}

const refund = z.object({
  id,
  amount: money.optional(),
  sale_id: z.string().optional(),
  capture_id: z.string().optional(),
  links: z.array(z.unknown()).optional(),
  seller_payable_breakdown: z.unknown().optional(),
})

/** The resource is the refund; the capture it belongs to is the link `up`. A reversal may be the capture itself. */
function refunded(resource: Record<string, unknown>): Fact[] {
  const { id: refundId, amount, ...of } = refund.parse(resource)
  const payment = captureOf(of.links) ?? of.capture_id ?? of.sale_id ?? refundId
  const breakdown = isRecord(of.seller_payable_breakdown)
    ? of.seller_payable_breakdown.total_refunded_amount
    : undefined
  const total = money.safeParse(breakdown).data
  const facts: Fact[] = []
  if (amount) facts.push({ kind: 'refund', payment, refund: refundId, amount: amount.amount, state: 'made' })
  if (total) facts.push({ kind: 'refund-total', payment, total: total.amount, aliases: [] })
  return facts
}

function refundFailed(resource: Record<string, unknown>): Fact[] {
  const { id: refundId, amount, links } = refund.parse(resource)
  const payment = captureOf(links)
  return payment && amount
    ? [{ kind: 'refund', payment, refund: refundId, amount: amount.amount, state: 'failed' }]
    : []
}

function captureOf(links: unknown[] | undefined): string | undefined {
  const up = links?.find((link) => isRecord(link) && link.rel === 'up')
  const href = isRecord(up) ? textOf(up.href) : undefined
  const [, found] = /\/(?:captures|sale|sales)\/([\w-]{1,100})\/?$/.exec(href ?? '') ?? []
  return found
}

const dispute = z.object({
  dispute_id: id,
  status: z.string().optional(),
  dispute_outcome: z.object({ outcome_code: z.string().optional() }).optional(),
  disputed_transactions: z.array(z.object({ seller_transaction_id: z.string().optional() })).optional(),
})

function disputed(resource: Record<string, unknown>): Fact[] {
  const read = dispute.parse(resource)
  const payment = read.disputed_transactions?.[0]?.seller_transaction_id
  if (!payment) return []
  const outcome = read.dispute_outcome?.outcome_code ?? ''
  return [{ kind: 'dispute', payment, dispute: read.dispute_id, state: outcomeOf(read.status, outcome) }]
}

function outcomeOf(status: string | undefined, outcome: string): 'open' | 'won' | 'lost' {
  if (status !== 'RESOLVED') return 'open'
  return /BUYER|ACCEPTED/.test(outcome) ? 'lost' : 'won'
}
