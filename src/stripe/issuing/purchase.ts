import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import type { Given, Stored } from '../wire.ts'
import { merchant } from './authorization.ts'

export type Transaction = Stored<'issuing.transaction'>

export interface PurchaseOrder {
  card: string
  amount: number
  currency?: string
  merchant_data?: Given<Transaction>['merchant_data']
  purchase_details?: { receipt?: readonly Receipt[] } & Record<string, unknown>
}

interface Receipt {
  description?: string
  quantity?: string
  total?: number
  unit_cost?: number
}

/** Money taken or given back without an authorization. Source: docs.stripe.com/issuing/testing. */
export function makeTransaction(ctx: Context, type: 'capture' | 'refund', order: PurchaseOrder): Transaction {
  const card = ctx.tables['issuing.card'].need(order.card, 'card')
  if (order.amount < 0) throw stripeError(400, 'parameter_invalid_integer', 'Invalid non-negative integer', 'amount')
  const amount = type === 'capture' ? -order.amount : order.amount
  const currency = (order.currency ?? card.currency).toLowerCase()
  const transaction = ctx.tables['issuing.transaction'].create({
    amount,
    amount_details: { atm_fee: null, cashback_amount: null },
    authorization: null,
    card: card.id,
    cardholder: card.cardholder.id,
    currency,
    merchant_amount: amount,
    merchant_currency: currency,
    merchant_data: { ...merchant, ...order.merchant_data },
    metadata: {},
    purchase_details: order.purchase_details ? detailsOf(order.purchase_details) : null,
    type,
  })
  ctx.emit('issuing_transaction.created', transaction)
  if (order.purchase_details?.receipt) ctx.emit('issuing_transaction.purchase_details_receipt_updated', transaction)
  return transaction
}

const detailsOf = ({ receipt, ...details }: NonNullable<PurchaseOrder['purchase_details']>) =>
  ({
    fleet: null,
    flight: null,
    fuel: null,
    lodging: null,
    reference: null,
    ...details,
    receipt: receipt?.map(({ description, quantity, total, unit_cost }) => ({
      description: description ?? null,
      quantity: quantity === undefined ? null : Number(quantity),
      total: total ?? null,
      unit_cost: unit_cost ?? null,
    })),
  }) as Given<Transaction>['purchase_details']
