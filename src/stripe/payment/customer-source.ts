import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import type { Stored } from '../wire.ts'
import { makeBankSource } from './bank-source.ts'
import { makeSource } from './source.ts'

export type CustomerSource = Stored<'bank_account'> | Stored<'card'> | Stored<'source'>

/** Saves a token or source with a customer; the first one becomes the default. Emits `customer.source.created`. */
export function addSource(ctx: Context, customer: Stored<'customer'>, token: string | undefined): CustomerSource {
  if (!token) throw stripeError(400, 'parameter_missing', 'Missing required param: source.', 'source')
  const added = make(ctx, customer.id, token)
  if (customer.default_source === null) ctx.tables.customer.patch(customer.id, { default_source: added.id })
  ctx.emit('customer.source.created', added)
  return added
}

function make(ctx: Context, customer: string, token: string): CustomerSource {
  if (token.startsWith('btok_')) return makeBankSource(ctx, token, customer)
  if (!token.startsWith('src_')) return ctx.tables.card.need(makeSource(ctx, token, customer))
  const source = ctx.tables.source.need(token, 'source')
  if (source.status !== 'chargeable' || source.usage === 'single_use')
    throw stripeError(
      400,
      'invalid_source_usage',
      'The source you provided is not in a chargeable state or cannot be reused.',
      'source',
    )
  ctx.tables.payment_method.patch(token, { customer })
  return ctx.tables.source.patch(token, { customer })
}

/** Cards, bank accounts and sources of a customer, newest first. */
export const sourcesOf = (ctx: Context, customer: string): CustomerSource[] => [
  ...ctx.tables.source.by('customer', customer),
  ...ctx.tables.card.by('customer', customer),
  ...ctx.tables.bank_account.by('customer', customer),
]

/** One of them by its id; throws Stripe's `resource_missing`. */
export function needSource(ctx: Context, customer: string | undefined, id: string | undefined): CustomerSource {
  const owner = ctx.tables.customer.need(customer)
  const found = sourcesOf(ctx, owner.id).find((each) => each.id === id)
  if (found) return found
  throw stripeError(404, 'resource_missing', `No such source: '${id}'`, 'id')
}

/** Takes a source from its customer: cards and bank accounts are gone, a source object is used up. The next one becomes the default. */
export function removeSource(ctx: Context, customer: string, source: CustomerSource): object {
  if (ctx.tables.payment_method.get(source.id)) ctx.tables.payment_method.remove(source.id)
  const answer = source.object === 'source' ? consume(ctx, source) : remove(ctx, source)
  const owner = ctx.tables.customer.need(customer)
  if (owner.default_source === source.id)
    ctx.tables.customer.patch(customer, { default_source: sourcesOf(ctx, customer)[0]?.id ?? null })
  ctx.emit('customer.source.deleted', source)
  return answer
}

function consume(ctx: Context, { id }: Stored<'source'>): object {
  const { customer: _, ...left } = ctx.tables.source.patch(id, { status: 'consumed' })
  ctx.tables.source.remove(id)
  return ctx.tables.source.create(left)
}

function remove(ctx: Context, { id, object }: Stored<'bank_account'> | Stored<'card'>): object {
  ctx.tables[object].remove(id)
  return { id, object, deleted: true }
}
